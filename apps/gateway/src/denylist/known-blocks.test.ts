import { hash } from 'node:crypto'
import { CID } from 'multiformats/cid'
import * as Digest from 'multiformats/hashes/digest'
import { expect, it } from 'vitest'
import { KnownBlocks } from './known-blocks.ts'

type Answer = 410 | 451 | null
const ANSWERS: readonly Answer[] = [null, 410, 451]
const cidOf = (codec: number, digest: Uint8Array, code = 0x12): CID => CID.createV1(codec, Digest.create(code, digest))
const digestOf = (text: string): Uint8Array => new Uint8Array(hash('sha256', text, 'buffer'))

it('says of a block what was said last, and of no other', () => {
  const known = new KnownBlocks<Answer>(ANSWERS)
  const cids = Array.from({ length: 60_000 }, (_, n) => cidOf(n % 2 === 0 ? 0x55 : 0x70, digestOf(`block ${n}`)))
  const answerOf = (n: number): Answer => ANSWERS[n % 3] as Answer
  const wrong: string[] = []
  for (const [n, cid] of cids.entries()) {
    if (known.get(cid) !== undefined) wrong.push(`${cid} before`)
    known.set(cid, answerOf(n))
    if (known.get(CID.decode(cid.bytes)) !== answerOf(n)) wrong.push(`${cid} then`)
  }
  const after = cids.map((cid) => known.get(cid))
  for (const [n, answer] of after.entries())
    if (answer !== undefined && answer !== answerOf(n)) wrong.push(`${cids[n]} later`)
  expect(wrong).toEqual([])
  expect(after.filter((answer) => answer !== undefined).length).toBeGreaterThan(20_000)
  known.clear()
  expect(cids.some((cid) => known.get(cid) !== undefined)).toBe(false)
})

it('tells apart what differs in one byte, the codec or the hash function, and forgets what is too long', () => {
  const known = new KnownBlocks<Answer>(ANSWERS)
  const digest = digestOf('a block')
  known.set(cidOf(0x55, digest), 451)
  expect(known.get(cidOf(0x70, digest))).toBeUndefined()
  expect(known.get(cidOf(0x155, digest))).toBeUndefined()
  expect(known.get(cidOf(0x55, digest, 0x16))).toBeUndefined()
  expect(known.get(cidOf(0x55, digest.subarray(1)))).toBeUndefined()
  for (let at = 0; at < digest.length; at++)
    expect(known.get(cidOf(0x55, digest.with(at, (digest[at] ?? 0) ^ 1)))).toBeUndefined()
  expect(known.get(cidOf(0x55, digest))).toBe(451)
  known.set(cidOf(0x0129, digest), 410)
  expect([known.get(cidOf(0x0129, digest)), known.get(cidOf(0x29, digest))]).toEqual([410, undefined])
  const long = new Uint8Array(64).fill(1)
  known.set(cidOf(0x55, long, 0x13), 410)
  known.set(cidOf(0x010129, digest), 410)
  expect([known.get(cidOf(0x55, long, 0x13)), known.get(cidOf(0x010129, digest))]).toEqual([undefined, undefined])
  for (const short of [new Uint8Array(0), Uint8Array.of(7)]) {
    known.set(cidOf(0x55, short, 0), 410)
    expect(known.get(cidOf(0x55, short, 0))).toBe(410)
  }
})
