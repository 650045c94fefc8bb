import { hash } from 'node:crypto'
import * as Digest from 'multiformats/hashes/digest'
import { expect, it } from 'vitest'
import { matchesHash, partsMatchHash } from './hash-block.ts'

const BYTES = Buffer.from('the bytes of a block')
const ALGORITHMS = [
  [0x12, 'sha256'],
  [0x13, 'sha512'],
] as const

const both = (multihash: Digest.Digest<number, number>, bytes: readonly Buffer[]): boolean[] => [
  matchesHash(multihash, Buffer.concat(bytes)),
  partsMatchHash(multihash, bytes),
]

it.each(ALGORITHMS)(
  'what has the hash 0x%i matches, whole and in pieces, and nothing that differs in a bit',
  (code, name) => {
    const digest = new Uint8Array(hash(name, BYTES, 'buffer'))
    const parts = [BYTES.subarray(0, 3), BYTES.subarray(3)]
    expect(both(Digest.create(code, digest), parts)).toEqual([true, true])
    expect(both(Digest.create(code, digest), [BYTES])).toEqual([true, true])
    expect(both(Digest.create(code, digest), [BYTES, Buffer.from('.')])).toEqual([false, false])
    for (let bit = 0; bit < digest.length * 8; bit++) {
      const other = digest.with(bit >> 3, (digest[bit >> 3] ?? 0) ^ (1 << (bit & 7)))
      expect(both(Digest.create(code, other), parts)).toEqual([false, false])
    }
  },
)

it('an identity is its bytes, and what cannot be computed is told', () => {
  expect(matchesHash(Digest.create(0, BYTES), BYTES)).toBe(true)
  expect(matchesHash(Digest.create(0, BYTES), BYTES.subarray(1))).toBe(false)
  const unsupported = expect.objectContaining({ code: 'unsupported_cid' })
  expect(() => matchesHash(Digest.create(0xb220, new Uint8Array(32)), BYTES)).toThrow(unsupported)
  const cut = new Uint8Array(hash('sha256', BYTES, 'buffer')).subarray(0, 31)
  expect(() => matchesHash(Digest.create(0x12, cut), BYTES)).toThrow(unsupported)
})
