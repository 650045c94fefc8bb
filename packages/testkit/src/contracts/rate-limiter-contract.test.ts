import { createMemoryRateLimiter } from '@packages/runtime/memory-rate-limiter'
import { describe, expect, test } from 'vitest'
import { rateLimiterContract } from './rate-limiter-contract.ts'

describe('the memory rate limiter', () => {
  for (const { name, run } of rateLimiterContract) test(name, () => run(createMemoryRateLimiter))

  test('keeps a bounded number of keys, and still limits each beyond it', async () => {
    const limiter = createMemoryRateLimiter({ name: 'bounded', limit: 2, windowMs: 60_000, maxKeys: 10 })
    for (let key = 0; key < 10; key++) await limiter.consume(`known ${key}`)
    const answers = await Promise.all(Array.from({ length: 5_000 }, (_, key) => limiter.consume(`new ${key}`)))
    const allowed = answers.filter((answer) => answer.allowed).length
    expect(allowed).toBeLessThanOrEqual(2 * 1_024)
    expect((await limiter.consume('known 3')).remaining).toBe(0)
    expect((await limiter.consume('known 3')).allowed).toBe(false)
  })
})

describe('the contract fails on a limiter that', () => {
  const faults: [
    string,
    (answer: { allowed: boolean; limit: number; remaining: number; resetMs: number }) => object,
  ][] = [
    ['allows one too many', (answer) => ({ allowed: answer.allowed || answer.remaining === 0 })],
    ['does not tell the end of the window', () => ({ resetMs: 0 })],
    ['tells the limit as what is left', (answer) => ({ remaining: answer.limit })],
  ]
  test.each(faults)('%s', async (_name, fault) => {
    const failures = await Promise.allSettled(
      rateLimiterContract.map(({ run }) =>
        run((limit) => {
          const inner = createMemoryRateLimiter(limit)
          return {
            consume: async (key, cost) => {
              const answer = await inner.consume(key, cost)
              return { ...answer, ...fault(answer) }
            },
          }
        }),
      ),
    )
    expect(failures.some((outcome) => outcome.status === 'rejected')).toBe(true)
  })
})
