import * as fc from 'fast-check'
import { CID } from 'multiformats/cid'
import { sha256 } from 'multiformats/hashes/sha2'
import { describe, expect, it } from 'vitest'
import { decodeMessage, encodeMessage, type WantEntry } from './message.ts'
import { readFrames } from './read-frames.ts'

const digest = await sha256.digest(new Uint8Array(3))
const cids = [CID.createV1(0x55, digest), CID.createV1(0x71, digest), CID.createV0(digest)]
const aCid = fc.constantFrom(...cids)
const aWant: fc.Arbitrary<WantEntry> = fc.record({
  cid: aCid,
  kind: fc.constantFrom('block', 'have', 'cancel'),
  sendDontHave: fc.boolean(),
})
const aMessage = fc.record({
  wants: fc.array(aWant),
  blocks: fc.array(fc.record({ cid: aCid, data: fc.uint8Array({ maxLength: 300 }) })),
  presences: fc.array(fc.record({ cid: aCid, isHeld: fc.boolean() })),
})

const frames = async (pieces: readonly Uint8Array[], claim: (bytes: number) => void = () => {}) => {
  const chunks = (async function* () {
    for (const piece of pieces) yield { subarray: () => piece }
  })()
  return Array.fromAsync(readFrames(chunks, claim))
}

const cut = (bytes: Uint8Array, sizes: readonly number[]): Uint8Array[] => {
  const pieces: Uint8Array[] = []
  let at = 0
  for (const size of sizes) pieces.push(bytes.subarray(at, (at += size)))
  return [...pieces, bytes.subarray(at)]
}

describe('a message', () => {
  it('says on the other side what was said, however the stream cuts it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(aMessage, { maxLength: 4 }), fc.array(fc.nat(40)), async (messages, sizes) => {
        const read = await frames(cut(Buffer.concat(messages.map(encodeMessage)), sizes))
        expect(read.map((frame) => decodeMessage(frame, 1_000))).toMatchObject(
          messages.map(({ wants, blocks, presences }) => ({
            isFull: false,
            wants: wants.map((want) => ({ ...want, cid: expect.objectContaining({ bytes: want.cid.bytes }) })),
            blocks: blocks.map(({ data }) => ({ data: Uint8Array.from(data) })),
            presences: presences.map(({ isHeld }) => ({ isHeld })),
          })),
        )
      }),
      { numRuns: 100 },
    )
  })

  it('is refused when it is none, and never more than that', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          decodeMessage(bytes, 10)
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError)
        }
      }),
      { numRuns: 2_000 },
    )
  })

  it('has no more wants than are asked for', () => {
    const wants = Array.from({ length: 20 }, () => ({
      cid: cids[0] as CID,
      kind: 'block' as const,
      sendDontHave: true,
    }))
    const bytes = encodeMessage({ wants, blocks: [], presences: [] })
    expect(decodeMessage(bytes.subarray(2), 5).wants).toHaveLength(5)
  })
})

const refuseLong = (bytes: number): void => {
  if (bytes > 1_000) throw new Error('too long')
}

describe('a stream', () => {
  it('ends where a message claims to be too long, before any of it is held', async () => {
    await expect(frames([Buffer.of(0xff, 0xff, 0xff, 0x7f)], refuseLong)).rejects.toThrow('too long')
    await expect(frames([Buffer.alloc(6, 0xff)])).rejects.toMatchObject({ name: 'FrameError' })
    expect(await frames([Buffer.of(3, 1, 2)])).toEqual([])
  })
})
