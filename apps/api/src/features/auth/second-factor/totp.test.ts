import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { lockTimeMs } from './lock-time.ts'
import { stepOfCode } from './totp.ts'

/** RFC 6238, appendix B, SHA-1: the last six of eight digits. */
const SECRET = Buffer.from('12345678901234567890')

it.each([
  [59, '287082'],
  [1_111_111_109, '081804'],
  [1_111_111_111, '050471'],
  [1_234_567_890, '005924'],
  [2_000_000_000, '279037'],
  [20_000_000_000, '353130'],
])('at second %d the code is %s', (second, code) => {
  const step = Math.floor(second / 30)
  expect(stepOfCode(SECRET, code, second * 1000)).toBe(step)
  expect(stepOfCode(SECRET, code, (second + 30) * 1000)).toBe(step)
  expect(stepOfCode(SECRET, code, (second - 30) * 1000)).toBe(step)
  expect(stepOfCode(SECRET, code, (second + 60) * 1000)).toBeUndefined()
  expect(stepOfCode(SECRET, code, (second - 60) * 1000)).toBeUndefined()
})

it('locks for never less after one more failure, and for an hour at most', () => {
  fc.assert(
    fc.property(fc.nat(1_000_000), (failures) => {
      expect(lockTimeMs(failures + 1)).toBeGreaterThanOrEqual(lockTimeMs(failures))
      expect(lockTimeMs(failures)).toBeLessThanOrEqual(3_600_000)
      expect(lockTimeMs(failures) === 0).toBe(failures < 5)
    }),
  )
})
