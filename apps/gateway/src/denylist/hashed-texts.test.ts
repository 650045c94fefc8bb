import { hash } from 'node:crypto'
import { assert, constantFrom, property, string, uint8Array } from 'fast-check'
import { base58btc } from 'multiformats/bases/base58'
import { CID } from 'multiformats/cid'
import * as Digest from 'multiformats/hashes/digest'
import { expect, it } from 'vitest'
import { digestsOf } from './hashed-texts.ts'

const CODECS = [0x70, 0x55, 0x71, 0x0129, 0x51, 0x0200]

const plainly = (cid: CID, path: string, codecs: Iterable<number>): string[] => {
  const texts = [`${base58btc.encode(cid.multihash.bytes).slice(1)}${path}`]
  for (const codec of codecs) texts.push(`${CID.createV1(codec, cid.multihash)}${path === '' ? '/' : path}`)
  return texts.map((text) => hash('sha256', text, 'latin1')).toSorted()
}

it('hashes what the library of CIDs writes, whatever the codec, the hash and the path', () => {
  const paths = string({ maxLength: 40, unit: 'binary' }).map((text) => (text === '' ? '' : `/${text}`))
  const codecs = constantFrom(...CODECS, 0x72, 0x7b, 0xb201)
  const digests = uint8Array({ minLength: 0, maxLength: 128 })
  assert(
    property(codecs, constantFrom(0x12, 0x13, 0, 0xb220), digests, paths, (codec, code, digest, path) => {
      const cid = CID.createV1(codec, Digest.create(code, digest))
      expect(digestsOf(cid, path).toSorted()).toEqual(plainly(cid, path, new Set([codec, ...CODECS])))
      expect(digestsOf(cid, path, 0x72).toSorted()).toEqual(plainly(cid, path, [0x72]))
    }),
    { seed: 20261130, numRuns: 300 },
  )
})

it('what comes after a path that is longer than all before is hashed as well', () => {
  const cid = CID.parse('bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy')
  for (const path of ['', `/${'ü'.repeat(5_000)}`, '', '/a', `/${'x'.repeat(40_000)}`, ''])
    expect(digestsOf(cid, path).toSorted()).toEqual(plainly(cid, path, CODECS))
})
