import { array, assert, constant, property, tuple, uint8Array } from 'fast-check'
import { base58btc } from 'multiformats/bases/base58'
import { expect, it } from 'vitest'
import { base58Into, base58Length, base58Text } from './base58-text.ts'

it('writes any bytes as multiformats does, also such as begin with zeros', () => {
  const given = tuple(array(constant(0), { maxLength: 3 }), uint8Array({ maxLength: 300 }))
  assert(
    property(given, ([zeros, rest]) => {
      const bytes = Uint8Array.of(...zeros, ...rest)
      const text = base58btc.encode(bytes)
      expect(`z${base58Text(bytes)}`).toBe(text)
      const target = new Uint8Array(3 + base58Length(bytes.length))
      const end = base58Into(bytes, target, 3)
      expect(`z${Buffer.from(target.subarray(3, end)).toString('latin1')}`).toBe(text)
    }),
    { seed: 20261129, numRuns: 500 },
  )
})
