import { base32 } from 'multiformats/bases/base32'
import { CID } from 'multiformats/cid'
import { create } from 'multiformats/hashes/digest'
import { expect, it } from 'vitest'
import { CODEC_RAW, parseCid } from './cid.ts'

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
