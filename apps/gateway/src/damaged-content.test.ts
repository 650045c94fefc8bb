import { randomBytes } from 'node:crypto'
import { open } from 'node:fs/promises'
import { get as httpGet, type IncomingMessage } from 'node:http'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { CID } from 'multiformats/cid'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createHash } from 'node:crypto'
import { create as createDigest } from 'multiformats/hashes/digest'
import { rawRequest, requestText } from './test-support/raw-request.ts'
import { startTestGateway, type TestGateway } from './test-support/start-test-gateway.ts'

const MIB = 1024 * 1024
let t: TestGateway

beforeAll(async () => {
  t = await startTestGateway()
})
afterAll(async () => t?.stop())

/** Flips one bit of a stored block, on the disk. */
const flip = async (cid: CID, at: number): Promise<void> => {
  const location = t.store.reader('public').locate(cid)
  if (location === undefined) throw new Error(`${cid} is not held`)
  const file = await open(join(t.directory, 'segments', `${String(location.segment).padStart(8, '0')}.car`), 'r+')
  const byte = Buffer.alloc(1)
  await file.read(byte, 0, 1, location.offset + at)
  byte[0] = (byte[0] as number) ^ 1
  await file.write(byte, 0, 1, location.offset + at)
  await file.close()
}

const leafCid = (bytes: Uint8Array): CID =>
  CID.createV1(0x55, createDigest(0x12, createHash('sha256').update(bytes).digest()))

type Received = { status: number; whole: boolean; bytes: Buffer }

/** All that came, whether or not it was all that was promised. */
const receive = (
  path: string,
  options: { headers?: Record<string, string>; pauseMs?: number } = {},
): Promise<Received> =>
  new Promise((resolve, reject) => {
    const request = httpGet(
      `${t.url}${path}`,
      { agent: false, headers: options.headers ?? {} },
      (response: IncomingMessage) => {
        const chunks: Buffer[] = []
        const finish = (): void =>
          resolve({ status: response.statusCode ?? 0, whole: response.complete, bytes: Buffer.concat(chunks) })
        response.on('data', (chunk: Buffer) => {
          chunks.push(chunk)
          if (options.pauseMs === undefined) return
          response.pause()
          setTimeout(() => response.resume(), options.pauseMs)
        })
        response.on('end', finish)
        response.on('error', finish)
      },
    )
    request.on('error', (error: NodeJS.ErrnoException) =>
      error.code === 'ECONNRESET' ? resolve({ status: 0, whole: false, bytes: Buffer.alloc(0) }) : reject(error),
    )
  })

describe('a flipped bit on the disk', () => {
  it.each([1, 1000, 200_000, MIB])('makes a file of %i bytes a 500, and is counted', async (size) => {
    const { cid } = await t.upload(randomBytes(size))
    await flip(CID.parse(cid), size >> 1)
    const before = t.gateway.status().corruptBlocks
    for (const headers of [{}, { Range: `bytes=0-0` }] as Record<string, string>[]) {
      const { status, bytes } = await receive(`/ipfs/${cid}`, { headers })
      expect(status).toBe(500)
      expect(bytes.toString()).toMatch(/^500 internal/)
    }
    expect((await receive(`/ipfs/${cid}?format=raw`)).status).toBe(500)
    expect(t.gateway.status().corruptBlocks).toBeGreaterThanOrEqual(before + 3)
  })

  it.each(['unixfs-v1-2025', 'unixfs-v0-2015'] as const)(
    'in the root of a tree makes it a 500 (%s)',
    async (profile) => {
      const { cid } = await t.upload(randomBytes(3 * MIB), { profile })
      await flip(CID.parse(cid), 40)
      expect((await receive(`/ipfs/${cid}`)).status).toBe(500)
    },
  )

  it('in the middle of a large file ends the connection there, and nothing of the block is sent', async () => {
    const body = randomBytes(16 * MIB)
    const { cid } = await t.upload(body)
    const bad = 9
    await flip(leafCid(body.subarray(bad * MIB, (bad + 1) * MIB)), 12_345)
    const { status, whole, bytes } = await receive(`/ipfs/${cid}`)
    expect([status, whole]).toEqual([200, false])
    expect(bytes.length).toBeLessThanOrEqual(bad * MIB)
    expect(bytes.equals(body.subarray(0, bytes.length))).toBe(true)
    // On a kept connection too: what follows would be taken for the rest of the body.
    const one = `GET /ipfs/${cid} HTTP/1.1\r\nHost: x\r\n\r\n`
    const { all } = await rawRequest(t.gateway.port, one + requestText('GET', '/health/live'), 5000)
    expect(all.toString('latin1').match(/HTTP\/1\.1 /g)?.length).toBe(1)
    expect(all.includes('{"status"')).toBe(false)
    // The parts that are sound are still served.
    const sound = await receive(`/ipfs/${cid}`, { headers: { Range: `bytes=${(bad + 1) * MIB}-` } })
    expect([sound.status, sound.whole]).toEqual([206, true])
    expect(sound.bytes.equals(body.subarray((bad + 1) * MIB))).toBe(true)
    // One byte of the bad block that is itself right is not served either: nobody could tell.
    expect((await receive(`/ipfs/${cid}`, { headers: { Range: `bytes=${bad * MIB}-${bad * MIB}` } })).status).toBe(500)
  })
})

describe('content that is released while it streams', () => {
  it.each(['unixfs-v1-2025', 'unixfs-v0-2015'] as const)(
    'arrives whole or is cut, never with wrong bytes (%s)',
    async (profile) => {
      const body = randomBytes(12 * MIB)
      let cut = 0
      for (let round = 0; round < 3; round++) {
        const file = await t.upload(body, { profile })
        const clients = Array.from({ length: 3 }, (_, at) =>
          receive(`/ipfs/${file.cid}`, at === 0 ? {} : { pauseMs: at }),
        )
        await sleep(round * 15)
        await t.remove(file)
        for (const { status, whole, bytes } of await Promise.all(clients)) {
          if (status === 404) continue
          expect(bytes.equals(body.subarray(0, bytes.length))).toBe(true)
          expect(whole).toBe(bytes.length === body.length)
          if (!whole) cut++
        }
        expect((await receive(`/ipfs/${file.cid}`)).status).toBe(404)
      }
      // Else this test would say nothing about what happens in the middle.
      expect(cut).toBeGreaterThan(0)
    },
  )
})
