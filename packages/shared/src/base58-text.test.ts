import { array, assert, constant, property, tuple, uint8Array } from 'fast-check'
import { base58btc } from 'multiformats/bases/base58'
import { expect, it } from 'vitest'
import { base58Text } from './base58-text.ts'

it('writes any bytes as multiformats does, also such as begin with zeros', () => {
  const given = tuple(array(constant(0), { maxLength: 3 }), uint8Array({ maxLength: 70 }))
  assert(
    property(given, ([zeros, rest]) => {
      const bytes = Uint8Array.of(...zeros, ...rest)
      expect(`z${base58Text(bytes)}`).toBe(base58btc.encode(bytes))
    }),
    { seed: 20261129, numRuns: 500 },
  )
})
