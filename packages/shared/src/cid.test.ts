import { assert, constantFrom, integer, property, uint8Array } from 'fast-check'
import { base32 } from 'multiformats/bases/base32'
import { CID } from 'multiformats/cid'
import { create } from 'multiformats/hashes/digest'
import { expect, it } from 'vitest'
import { canonicalCid, cidText, CODEC_RAW, parseCid } from './cid.ts'
import { readCommonCid } from './common-cid.ts'

const SHA2_512 = 0x13
const ofDigest = (bytes: number): string =>
  CID.createV1(CODEC_RAW, create(SHA2_512, new Uint8Array(bytes).fill(7))).toString(base32)

it('reads digests of 128 bytes at most, of whatever hash', () => {
  for (const bytes of [64, 128]) expect(parseCid(ofDigest(bytes)).multihash.digest).toHaveLength(bytes)
  expect(() => parseCid(ofDigest(129))).toThrow(expect.objectContaining({ code: 'unsupported_cid' }))
})

it('reads no text of more than 300 characters', () => {
  expect(() => parseCid(`b${'a'.repeat(300)}`)).toThrow(expect.objectContaining({ code: 'invalid_cid' }))
})

it('reads common CIDs as the library does, and writes them as it does', () => {
  const digests = uint8Array({ minLength: 32, maxLength: 32 })
  assert(
    property(constantFrom(0x55, 0x70, 0x71, 0x72, 0x01), digests, (codec, digest) => {
      const cid = CID.createV1(codec, create(0x12, digest))
      const parsed = parseCid(cid.toString())
      expect(readCommonCid(cid.toString())).toEqual(parsed)
      expect(parsed).toEqual(CID.decode(cid.bytes))
      expect(parsed).toBeInstanceOf(CID)
      expect(parsed.equals(cid)).toBe(true)
      expect(parsed.toString()).toBe(cid.toString())
      for (const each of [parsed, cid, parsed])
        expect([canonicalCid(each), cidText(each)]).toEqual(Array(2).fill(`${cid}`))
    }),
    { seed: 20261130, numRuns: 200 },
  )
})

/** By `parseCid`. */
const read = (spelling: string): string => {
  try {
    return parseCid(spelling).toString()
  } catch {
    return 'none'
  }
}

/** By the library. */
const known = (spelling: string): string => {
  try {
    const cid = CID.parse(spelling)
    return cid.multihash.code === 0x12 && cid.multihash.digest.length !== 32 ? 'none' : cid.toString()
  } catch {
    return 'none'
  }
}

it('a text with one letter changed is the CID that the library reads in it, or none', () => {
  const text = CID.createV1(CODEC_RAW, create(0x12, new Uint8Array(32).fill(7))).toString()
  assert(
    property(
      integer({ min: 1, max: 58 }),
      constantFrom(...'abcdefghijklmnopqrstuvwxyz2345670189AZ-=_\u00e4\u0161'),
      (at, letter) => {
        const changed = text.slice(0, at) + letter + text.slice(at + 1)
        expect(read(changed)).toBe(known(changed))
      },
    ),
    { seed: 20261130, numRuns: 1_000 },
  )
})

it('two versions of one CID have one canonical text, and each its own', () => {
  const v0 = CID.parse('QmecDgNqCRirkc3Cjz9eoRBNwXGckJ9WvTdmY16HP88768')
  for (const cid of [v0, v0.toV1(), v0]) expect(canonicalCid(cid)).toBe(v0.toV1().toString())
  for (const cid of [v0, v0.toV1(), v0]) expect(cidText(cid)).toBe(cid.toString())
})
