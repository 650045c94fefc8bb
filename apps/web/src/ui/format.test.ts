import { expect, test } from 'vitest'
import { formatBytes, shortCid } from './format.ts'

test.each([
  [0, '0 bytes'],
  [1, '1 byte'],
  [1023, '1023 bytes'],
  [1024, '1 KiB'],
  [1536, '1.5 KiB'],
  [1_048_000, '1023 KiB'],
  [1_048_575, '1 MiB'],
  [1_048_576, '1 MiB'],
  [150 * 1_048_576, '150 MiB'],
  [1_073_741_824, '1 GiB'],
  [2 ** 60, '1024 PiB'],
])('%d bytes read as "%s"', (bytes, words) => {
  expect(formatBytes(bytes)).toBe(words)
})

test('a CID is shortened to its start and its end, a short text stays', () => {
  expect(shortCid('bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi')).toBe('bafybeigd…fbzdi')
  expect(shortCid('bafkqaaa')).toBe('bafkqaaa')
})
