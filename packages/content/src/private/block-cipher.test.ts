import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { blockKey } from '../block-store/block-key.ts'
import { rawBlock, textBlock } from '../block-store/test-dags.ts'
import { BlockCipher } from './block-cipher.ts'
import { PrivateContentDamaged } from './private-content-damaged.ts'

const key32 = fc.uint8Array({ minLength: 32, maxLength: 32 })
const owner = { organizationId: 'tenant-a', contentId: 'content-1', rootKey: new Uint8Array(32).fill(7) }
const hello = textBlock('hello')
const key = blockKey(hello.cid)

test('what was sealed opens again, is as long as it was, and is the same whenever it is sealed', () => {
  fc.assert(
    fc.property(key32, fc.uint8Array({ maxLength: 300 }), (rootKey, bytes) => {
      const of = blockKey(rawBlock(bytes).cid)
      const cipher = new BlockCipher({ ...owner, rootKey })
      const sealed = cipher.seal(of, bytes)
      expect(sealed.ciphertext.length).toBe(bytes.length)
      expect(Buffer.compare(cipher.open(of, sealed.ciphertext, sealed.tag), bytes)).toBe(0)
      expect(new BlockCipher({ ...owner, rootKey }).seal(of, bytes)).toEqual(sealed)
    }),
  )
})

test('no bit of a ciphertext or tag can be changed', () => {
  const cipher = new BlockCipher(owner)
  const { ciphertext, tag } = cipher.seal(key, hello.bytes)
  for (let bit = 0; bit < (ciphertext.length + tag.length) * 8; bit++) {
    const changed = Buffer.concat([ciphertext, tag])
    changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7))
    const parts = [changed.subarray(0, ciphertext.length), changed.subarray(ciphertext.length)] as const
    expect(() => cipher.open(key, ...parts)).toThrow(PrivateContentDamaged)
  }
})

const others: [string, () => void][] = [
  ['another tenant, even with the same key', () => openAs({ organizationId: 'tenant-b' })],
  ['another root key', () => openAs({ rootKey: new Uint8Array(32).fill(8) })],
  ['another CID', () => openAs({}, blockKey(textBlock('other').cid))],
  ['another codec of the same bytes', () => openAs({}, key.slice(0, -1) + String.fromCharCode(0x51))],
]
const openAs = (changed: Partial<typeof owner>, as = key): void => {
  const { ciphertext, tag } = new BlockCipher(owner).seal(key, hello.bytes)
  new BlockCipher({ ...owner, ...changed }).open(as, ciphertext, tag)
}
test.each(others)('a block does not open for %s', (_, open) => {
  expect(open).toThrow(PrivateContentDamaged)
})

test('nothing of two roots is equal, nor do their nonces meet: the key streams differ', () => {
  const zeros = new Uint8Array(64)
  const of = blockKey(rawBlock(zeros).cid)
  const streams = new Set<string>()
  for (let i = 0; i < 100; i++)
    streams.add(
      new BlockCipher({ ...owner, rootKey: new Uint8Array(32).fill(i) }).seal(of, zeros).ciphertext.toString('hex'),
    )
  const cipher = new BlockCipher(owner)
  for (let i = 0; i < 100; i++)
    streams.add(cipher.seal(blockKey(textBlock(String(i)).cid), zeros).ciphertext.toString('hex'))
  expect(streams.size).toBe(200)
})

test('a head opens for its own content and tenant alone, and is never taken for a block', () => {
  const cipher = new BlockCipher(owner)
  const head = cipher.sealHead(hello.bytes)
  expect(Buffer.compare(cipher.openHead(head), hello.bytes)).toBe(0)
  expect(() => new BlockCipher({ ...owner, contentId: 'content-2' }).openHead(head)).toThrow(PrivateContentDamaged)
  expect(() => new BlockCipher({ ...owner, organizationId: 'tenant-b' }).openHead(head)).toThrow(PrivateContentDamaged)
  expect(() => cipher.openHead(head.subarray(0, 20))).toThrow(PrivateContentDamaged)
  const block = cipher.seal(key, hello.bytes)
  expect(() => cipher.openHead(Buffer.concat([head.subarray(0, 12), block.tag, block.ciphertext]))).toThrow(
    PrivateContentDamaged,
  )
})

test('a root key has 32 bytes', () => {
  expect(() => new BlockCipher({ ...owner, rootKey: new Uint8Array(16) })).toThrow(TypeError)
})
