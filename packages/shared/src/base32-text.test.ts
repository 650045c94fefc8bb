import { assert, property, uint8Array } from 'fast-check'
import { base32 } from 'multiformats/bases/base32'
import { expect, it } from 'vitest'
import { base32Into, base32Length, base32Text } from './base32-text.ts'

it('writes any bytes as multiformats does', () => {
  assert(
    property(uint8Array({ maxLength: 70 }), (bytes) => {
      const text = base32.encode(bytes)
      expect(`b${base32Text(bytes)}`).toBe(text)
      const target = new Uint8Array(base32Length(bytes.length) + 3)
      expect(base32Into(bytes, target, 3)).toBe(target.length)
      expect(`b${Buffer.from(target.subarray(3)).toString('latin1')}`).toBe(text)
    }),
    { seed: 20261129, numRuns: 500 },
  )
})
