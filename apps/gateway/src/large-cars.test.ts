import { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { readCar } from '@packages/content/car/read-car'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startTestGateway, type TestGateway } from './test-support/start-test-gateway.ts'

const MIB = 1024 * 1024
const LEAVES = 6

let gateway: TestGateway
const cids: string[] = []
beforeAll(async () => {
  gateway = await startTestGateway()
  // Leaves of 1 MiB that are all different, and a last one of half of that.
  for (let file = 0; file < 3; file++) {
    const body = Buffer.alloc((LEAVES - 0.5) * MIB)
    for (let at = 0; at < body.length; at += 64) body.writeUInt32BE(file * 1_000_000 + at / 64, at)
    cids.push((await gateway.upload(body)).cid)
  }
})
afterAll(() => gateway.stop())

/** Reads as slowly as it is told, so that responses are under way beside each other. */
const download = async (cid: string, pauseMs: number, limit = Number.POSITIVE_INFINITY): Promise<Buffer> => {
  const abort = new AbortController()
  const response = await fetch(`${gateway.url}/ipfs/${cid}?format=car`, { signal: abort.signal })
  const parts: Uint8Array[] = []
  let bytes = 0
  for await (const part of response.body ?? []) {
    parts.push(part)
    bytes += part.length
    if (bytes > limit) break
    if (pauseMs > 0) await sleep(pauseMs)
  }
  abort.abort()
  return Buffer.concat(parts)
}

it('every CAR is whole and its own while many of large blocks are sent, slowly, quickly and broken off', async () => {
  for (let round = 0; round < 2; round++) {
    const whole = Promise.all([...cids, ...cids].map((cid, n) => download(cid, n % 3 === 0 ? 2 : 0)))
    await Promise.all(cids.map((cid) => download(cid, 0, MIB)))
    for (const [n, car] of (await whole).entries()) {
      const { roots, blocks } = await readCar(Readable.from([car]))
      expect(roots.map(String)).toEqual([cids[n % cids.length]])
      const found = new Set<string>()
      // Each block is hashed as it is read.
      for await (const run of blocks) for (const block of run) found.add(block.cid.toString())
      expect(found.size).toBe(LEAVES + 1)
    }
  }
})
