import { randomBytes } from 'node:crypto'
import { open } from 'node:fs/promises'
import { get as httpGet, type IncomingMessage } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { unlinkSegment } from '@packages/content/block-store/remove-segment'
import { segmentPath } from '@packages/content/block-store/segment-path'
import { parseCid } from '@packages/shared/cid'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestGateway, type TestGateway } from './test-support/start-test-gateway.ts'

const MIB = 1024 * 1024
let t: TestGateway

beforeAll(async () => {
  t = await startTestGateway()
})
afterAll(async () => t?.stop())

type Got = { status: number; whole: boolean; bytes: Buffer }

/** Reads on only when `goOn` says so, and gives what has come. */
const receive = (
  path: string,
  options: { headers?: Record<string, string>; goOn?: () => Promise<void> } = {},
): Promise<Got> =>
  new Promise((resolve, reject) => {
    const request = httpGet(`${t.url}${path}`, { agent: false, headers: options.headers ?? {} }, (response) => {
      void collect(response, options.goOn).then(resolve)
    })
    request.on('error', reject)
  })

const collect = async (response: IncomingMessage, goOn?: () => Promise<void>): Promise<Got> => {
  await goOn?.()
  const chunks: Buffer[] = []
  try {
    for await (const chunk of response) chunks.push(chunk)
  } catch {
    // It was cut: what came is looked at.
  }
  return { status: response.statusCode ?? 0, whole: response.complete, bytes: Buffer.concat(chunks) }
}

describe('a large file', () => {
  it.each(['unixfs-v1-2025', 'unixfs-v0-2015'] as const)(
    'is the same each time, whole and in part: %s',
    async (profile) => {
      const body = randomBytes(5 * MIB + 12_345)
      const { cid } = await t.upload(body, { profile })
      for (let time = 0; time < 3; time++) {
        const [whole, part, end] = await Promise.all([
          receive(`/ipfs/${cid}`),
          receive(`/ipfs/${cid}`, { headers: { range: 'bytes=1000-3000000' } }),
          receive(`/ipfs/${cid}`, { headers: { range: 'bytes=-700000' } }),
        ])
        expect([whole.status, part.status, end.status]).toEqual([200, 206, 206])
        expect([whole.whole, part.whole, end.whole]).toEqual([true, true, true])
        expect(whole.bytes.equals(body)).toBe(true)
        expect(part.bytes.equals(body.subarray(1000, 3_000_001))).toBe(true)
        expect(end.bytes.equals(body.subarray(-700_000))).toBe(true)
      }
    },
  )

  it('is never sent from a place that was found damaged, however lately it was sound', async () => {
    const body = randomBytes(MIB)
    const { cid } = await t.upload(body)
    for (let time = 0; time < 3; time++) expect((await receive(`/ipfs/${cid}`)).bytes.equals(body)).toBe(true)
    const location = t.store.reader('public').locate(parseCid(cid))
    if (location === undefined) throw new Error('it is not held')
    const file = await open(segmentPath(t.directory, location.segment), 'r+')
    await file.write(Buffer.alloc(1, (body[MIB / 2] as number) ^ 1), 0, 1, location.offset + MIB / 2)
    await file.close()
    await t.store.check({ realm: 'public', cid: parseCid(cid) })
    const got = await receive(`/ipfs/${cid}`)
    expect(got.bytes.subarray(0, MIB).equals(body.subarray(0, got.bytes.length)) && got.whole).toBe(false)
    expect(got.status).not.toBe(200)
  })

  it('comes as it was from a segment whose space is given back meanwhile', async () => {
    const body = randomBytes(24 * MIB)
    const { cid } = await t.upload(body)
    expect((await receive(`/ipfs/${cid}`)).whole).toBe(true)
    expect((await receive(`/ipfs/${cid}`)).whole).toBe(true)
    const { segment } = t.store.reader('public').locate(parseCid(cid)) ?? { segment: 0 }
    const got = await receive(`/ipfs/${cid}`, {
      // What the sockets have by then lies in pages of the file.
      goOn: async () => {
        await sleep(200)
        await (await unlinkSegment(segmentPath(t.directory, segment))).giveBack()
      },
    })
    expect(got.bytes.length).toBeGreaterThan(100_000)
    expect(got.bytes.equals(body.subarray(0, got.bytes.length))).toBe(true)
  })
})
