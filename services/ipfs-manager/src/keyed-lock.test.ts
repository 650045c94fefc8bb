import { setTimeout as sleep } from 'node:timers/promises'
import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { KeyedLock } from './keyed-lock.ts'

const never = new AbortController().signal

it('runs one at a time for a key, in order, and keys beside one another', async () => {
  const lock = new KeyedLock()
  const seen: string[] = []
  const work = (name: string, ms: number) => async () => {
    seen.push(`${name}+`)
    await sleep(ms)
    seen.push(`${name}-`)
  }
  await Promise.all([
    lock.run('a', never, work('1', 20)),
    lock.run('a', never, work('2', 1)),
    lock.run('b', never, work('3', 1)),
  ])
  expect(seen.indexOf('3-')).toBeLessThan(seen.indexOf('1-'))
  expect(seen.filter((event) => !event.startsWith('3'))).toEqual(['1+', '1-', '2+', '2-'])
})

it('lets the next one go when one fails, and who gives up waiting leaves the order as it is', async () => {
  const lock = new KeyedLock()
  const given = new AbortController()
  const first = lock.run('a', never, async () => {
    await sleep(10)
    throw new Error('failed')
  })
  const second = lock.run('a', given.signal, async () => 'second')
  const third = lock.run('a', never, async () => 'third')
  given.abort(new Error('enough'))
  await expect(second).rejects.toThrow('enough')
  await expect(first).rejects.toThrow('failed')
  expect(await third).toBe('third')
})

it('takes many keys without anybody waiting for ever, whatever their order', async () => {
  const keys = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 5 })
  await fc.assert(
    fc.asyncProperty(fc.array(keys, { minLength: 1, maxLength: 8 }), async (calls) => {
      const lock = new KeyedLock()
      const held = new Set<string>()
      await Promise.all(
        calls.map((wanted) =>
          lock.runAll(wanted, never, async () => {
            const own = new Set(wanted)
            for (const key of own) {
              expect(held.has(key)).toBe(false)
              held.add(key)
            }
            await sleep(0)
            for (const key of own) held.delete(key)
          }),
        ),
      )
    }),
    { numRuns: 50 },
  )
})
