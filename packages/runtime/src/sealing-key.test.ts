import { assert, property, string, uint8Array } from 'fast-check'
import { expect, test } from 'vitest'
import { SealingKey, UnsealError } from './sealing-key.ts'

const key = new SealingKey(Buffer.alloc(32, 1))

test('opens what it sealed, for any bytes and context', () => {
  assert(
    property(uint8Array({ maxLength: 300 }), string(), (secret, context) => {
      expect(key.open(key.seal(secret, context), context)).toEqual(Buffer.from(secret))
    }),
  )
})

test('never seals alike twice', () => {
  expect(key.seal(Buffer.from('x'), 'a')).not.toEqual(key.seal(Buffer.from('x'), 'a'))
})

test('does not open with one bit changed, anywhere', () => {
  const sealed = key.seal(Buffer.from('secret'), 'context')
  for (let bit = 0; bit < sealed.length * 8; bit++) {
    const changed = Buffer.from(sealed)
    changed.writeUInt8(changed.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3)
    expect(() => key.open(changed, 'context')).toThrow(UnsealError)
  }
})

test('does not open cut short, in another context or by another key', () => {
  const sealed = key.seal(Buffer.from('secret'), 'users/1')
  for (let length = 0; length < sealed.length; length++)
    expect(() => key.open(sealed.subarray(0, length), 'users/1')).toThrow(UnsealError)
  expect(() => key.open(sealed, 'users/2')).toThrow(UnsealError)
  expect(() => new SealingKey(Buffer.alloc(32, 2)).open(sealed, 'users/1')).toThrow(UnsealError)
})

test('gives each purpose its own key, always the same', () => {
  expect(key.derive('a')).toEqual(key.derive('a'))
  expect(key.derive('a')).not.toEqual(key.derive('b'))
  expect(key.derive('a', 48)).toHaveLength(48)
})

test('does not open what the same bytes sealed as another kind of key', () => {
  const other = new SealingKey(Buffer.alloc(32, 1), 'holdfast/other/v1')
  expect(() => other.open(key.seal(Buffer.from('secret'), 'a'), 'a')).toThrow(UnsealError)
})
