import { expect, test } from 'vitest'
import { BELIEVED_MS, VerifiedBlocks } from './verified-blocks.ts'

const HERE = { segment: 3, offset: 4_096, length: 100 }

test('a hash is believed for five seconds, also where the milliseconds wrap around', () => {
  for (const begin of [0, 1_000.5, 2 ** 32 - 100, 2 ** 33 + 7.25]) {
    let now = begin
    const verified = new VerifiedBlocks(() => now)
    expect(verified.has(HERE)).toBe(false)
    verified.add(HERE)
    expect(verified.has({ ...HERE, segment: 4 })).toBe(false)
    expect(verified.has({ ...HERE, offset: 4_128 })).toBe(false)
    now = begin + BELIEVED_MS - 2
    expect(verified.has(HERE)).toBe(true)
    now = begin + BELIEVED_MS + 1
    expect(verified.has(HERE)).toBe(false)
    verified.add(HERE)
    expect(verified.has(HERE)).toBe(true)
  }
})
