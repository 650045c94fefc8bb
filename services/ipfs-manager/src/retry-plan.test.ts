import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { BackendError, type BackendErrorCode } from './pin-backend.ts'
import { planRetry } from './retry-plan.ts'

const HOUR_MS = 3_600_000
const RETRYABLE: BackendErrorCode[] = [
  'no_providers',
  'stalled',
  'limit_time',
  'incomplete_dag',
  'no_space',
  'node_down',
  'node_error',
]
const FINAL: BackendErrorCode[] = ['limit_bytes', 'limit_blocks', 'limit_depth', 'corrupt_dag', 'unsupported_cid']
const failed = (code: BackendErrorCode, more: { attempts: number; ageMs: number; contentId: string }) => ({
  code,
  retryable: new BackendError(code, '').retryable,
  ...more,
})

test('every try is followed by another one, later and later, at most an hour and a fifth away, until it is given up', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...RETRYABLE),
      fc.uuid(),
      fc.integer({ min: 1, max: 100 }),
      fc.integer({ min: 0, max: 48 * HOUR_MS }),
      (code, contentId, attempts, ageMs) => {
        const delay = planRetry(failed(code, { attempts, ageMs, contentId }), { giveUpMs: 24 * HOUR_MS })
        if (ageMs >= 24 * HOUR_MS && attempts >= 5) {
          expect(delay).toBeUndefined()
          return
        }
        const next = planRetry(failed(code, { attempts: attempts + 1, ageMs, contentId }), { giveUpMs: 24 * HOUR_MS })
        expect(delay).toBeGreaterThanOrEqual(4_000)
        expect(delay).toBeLessThanOrEqual(1.2 * HOUR_MS)
        if (next === undefined) expect(ageMs).toBeGreaterThanOrEqual(24 * HOUR_MS)
        else expect(next).toBeGreaterThanOrEqual(delay ?? Number.POSITIVE_INFINITY)
      },
    ),
  )
})

test('a clock that jumps ahead by days gives nothing up that was hardly tried', () => {
  const first = failed('node_down', { attempts: 1, ageMs: 48 * HOUR_MS, contentId: '000000' })
  expect(planRetry(first, { giveUpMs: 24 * HOUR_MS })).toBe(4_000)
  expect(planRetry({ ...first, attempts: 5 }, { giveUpMs: 24 * HOUR_MS })).toBeUndefined()
})

test('what would end the same is not tried again', () => {
  for (const code of FINAL)
    expect(
      planRetry(failed(code, { attempts: 1, ageMs: 0, contentId: 'a' }), { giveUpMs: Number.POSITIVE_INFINITY }),
    ).toBeUndefined()
})

const delayOf = (contentId: string) =>
  planRetry(failed('no_providers', { attempts: 6, ageMs: 0, contentId }), { giveUpMs: HOUR_MS })

test('contents that failed together are not tried together, and one always at the same distance', () => {
  const ids = ['0193f7a0-0000-7000-8000-000000000000', '0193f7a0-0000-7000-8000-000000ffffff']
  expect(ids.map(delayOf)).toEqual([720_000, 1_080_000])
  expect(ids.map(delayOf)).toEqual(ids.map(delayOf))
})

test('where there is no network nobody is asked every few seconds, and nothing is given up', () => {
  const limits = { giveUpMs: Number.POSITIVE_INFINITY, searchMs: HOUR_MS }
  const first = failed('no_providers', { attempts: 1, ageMs: 1e12, contentId: '000000' })
  expect(planRetry(first, limits)).toBe(0.8 * HOUR_MS)
  expect(planRetry({ ...first, code: 'stalled' }, limits)).toBe(4_000)
})
