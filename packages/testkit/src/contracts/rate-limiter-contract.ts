import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import type { RateLimit, RateLimiter } from '@packages/runtime/rate-limiter'
import type { ContractCase } from './contract-case.ts'

/** Makes a limiter whose state is that of all others made with the same name by the same maker. */
export type MakeRateLimiter = (limit: RateLimit) => RateLimiter

let names = 0
/** A name that no run before has used: a limiter's state may outlive the process. */
const fresh = (limit: number, windowMs = 60_000): RateLimit => ({
  name: `contract-${process.pid}-${Date.now()}-${names++}`,
  limit,
  windowMs,
})

/** What every `RateLimiter` must do. */
export const rateLimiterContract: readonly ContractCase<MakeRateLimiter>[] = [
  {
    name: 'allows exactly its limit and counts down',
    async run(make) {
      const limiter = make(fresh(3))
      const answers = []
      for (let turn = 0; turn < 5; turn++) answers.push(await limiter.consume('a'))
      assert.deepEqual(
        answers.map((answer) => answer.allowed),
        [true, true, true, false, false],
      )
      assert.deepEqual(
        answers.map((answer) => answer.remaining),
        [2, 1, 0, 0, 0],
      )
      assert.ok(answers.every((answer) => answer.limit === 3))
    },
  },
  {
    name: 'tells when the window ends',
    async run(make) {
      const limiter = make(fresh(1, 30_000))
      for (let turn = 0; turn < 2; turn++) {
        const { resetMs } = await limiter.consume('a')
        assert.ok(Number.isInteger(resetMs) && resetMs > 25_000 && resetMs <= 30_000, `resetMs was ${resetMs}`)
      }
    },
  },
  {
    name: 'keeps keys apart, whatever is in them',
    async run(make) {
      const limiter = make(fresh(1))
      for (const key of ['a', 'b', 'a:b', 'a b', '*', '::1', 'ä', 'x'.repeat(500)])
        assert.equal((await limiter.consume(key)).allowed, true, key)
      assert.equal((await limiter.consume('a')).allowed, false)
    },
  },
  {
    name: 'keeps limiters of different names apart',
    async run(make) {
      const [one, other] = [make(fresh(1)), make(fresh(1))]
      assert.equal((await one.consume('a')).allowed, true)
      assert.equal((await other.consume('a')).allowed, true)
      assert.equal((await one.consume('a')).allowed, false)
    },
  },
  {
    name: 'takes costs, and refuses one that is larger than what is left',
    async run(make) {
      const limiter = make(fresh(10))
      assert.equal((await limiter.consume('a', 7)).remaining, 3)
      assert.equal((await limiter.consume('a', 0)).remaining, 3)
      assert.equal((await limiter.consume('a', 4)).allowed, false)
      assert.equal((await limiter.consume('b', 11)).allowed, false)
      assert.equal((await limiter.consume('c', 10)).allowed, true)
    },
  },
  {
    name: 'stays refused until the window ends, and is whole again after it',
    async run(make) {
      const limiter = make(fresh(2, 1_000))
      await limiter.consume('a', 2)
      assert.equal((await limiter.consume('a')).allowed, false)
      await sleep(300)
      assert.equal((await limiter.consume('a')).allowed, false)
      await sleep(900)
      const answer = await limiter.consume('a')
      assert.equal(answer.allowed, true)
      assert.equal(answer.remaining, 1)
    },
  },
  {
    name: 'allows no more than its limit to callers at the same time',
    async run(make) {
      const limiter = make(fresh(10))
      const answers = await Promise.all(Array.from({ length: 50 }, () => limiter.consume('a')))
      assert.equal(answers.filter((answer) => answer.allowed).length, 10)
    },
  },
]
