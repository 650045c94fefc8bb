import { assert, property, uint8Array } from 'fast-check'
import { base32 } from 'multiformats/bases/base32'
import { expect, it } from 'vitest'
import { base32Text } from './base32-text.ts'

it('writes any bytes as multiformats does', () => {
  assert(
    property(uint8Array({ maxLength: 70 }), (bytes) => {
      expect(`b${base32Text(bytes)}`).toBe(base32.encode(bytes))
    }),
    { seed: 20261129, numRuns: 500 },
  )
})
