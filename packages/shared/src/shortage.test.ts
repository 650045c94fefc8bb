import { expect, test } from 'vitest'
import { NO_OTHER_NODE, noNodeIn, shortageOf, writeReasons } from './shortage.ts'

const enough = { confirmed: 4, max: 2, bare: [] }

test('what is short is told, with counts only where copies are', () => {
  const mars = writeReasons([noNodeIn('mars')])
  expect(shortageOf({ ...enough, bare: ['mars'] }, mars)).toBe('no node in zone mars can take a copy')
  expect(shortageOf({ confirmed: 1, max: 2, bare: ['mars'] }, mars)).toBe(
    '1 of 2 copies: no node in zone mars can take a copy',
  )
  expect(shortageOf({ ...enough, confirmed: 1 }, NO_OTHER_NODE)).toBe('1 of 2 copies: no other node is up and has room')
})

test('before somebody has looked for a place, or when that has changed, no reason is made up', () => {
  expect(shortageOf({ ...enough, confirmed: 1 }, null)).toBe('1 of 2 copies are confirmed')
  expect(shortageOf({ ...enough, bare: ['mars'] }, null)).toBe('zone mars has no copy yet')
})

test('a pin is not told what pins of others lack, nor what is over', () => {
  const reasons = writeReasons([noNodeIn('mars'), NO_OTHER_NODE])
  expect(shortageOf(enough, reasons)).toBeNull()
  expect(shortageOf({ ...enough, confirmed: 1 }, noNodeIn('mars'))).toBe('1 of 2 copies are confirmed')
  expect(writeReasons([])).toBeNull()
})
