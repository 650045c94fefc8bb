import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { type DueFetch, planFetches } from './fetch-plan.ts'

const due = (organizationId: string, count: number, at = 0): DueFetch[] =>
  Array.from({ length: count }, (_, n) => ({ organizationId, contentId: `${organizationId}-${n}`, dueAt: at + n }))
const none = new Map<string, number>()

test('the first of another organization is next, however much one wants', () => {
  const plan = planFetches({
    slots: 8,
    running: new Map([['greedy', 4]]),
    due: [...due('greedy', 100), ...due('b', 2, 1e9)],
    servedAt: none,
  })
  expect(plan.map(({ contentId }) => contentId)).toEqual(['b-0', 'b-1'])
})

test('a quarter of the slots is for whoever has nothing running', () => {
  const running = new Map([
    ['a', 4],
    ['b', 2],
  ])
  const plan = planFetches({ slots: 8, running, due: [...due('a', 9), ...due('b', 9), ...due('c', 9)], servedAt: none })
  expect(plan.map(({ contentId }) => contentId)).toEqual(['c-0'])
})

test('whoever waits longest for a turn is first among equals', () => {
  const servedAt = new Map([
    ['a', 3],
    ['b', 1],
    ['c', 2],
  ])
  const plan = planFetches({ slots: 2, running: none, due: [...due('a', 1), ...due('b', 1), ...due('c', 1)], servedAt })
  expect(plan.map(({ contentId }) => contentId)).toEqual(['b-0', 'c-0'])
})

const organizations = ['a', 'b', 'c', 'd', 'e']
const inputs = fc.record({
  slots: fc.integer({ min: 1, max: 40 }),
  running: fc.dictionary(fc.constantFrom(...organizations), fc.integer({ min: 1, max: 10 })),
  due: fc.array(
    fc.record({
      organizationId: fc.constantFrom(...organizations),
      contentId: fc.constantFrom(...Array.from({ length: 30 }, (_, n) => `content-${n}`)),
      dueAt: fc.integer({ min: 0, max: 100 }),
    }),
    { maxLength: 80 },
  ),
})

test('never too many, none twice, none beyond its share, and nobody is passed over while there is a slot', () => {
  fc.assert(
    fc.property(inputs, ({ slots, running: given, due: fetches }) => {
      const running = new Map(Object.entries(given))
      const before = [...running.values()].reduce((sum, count) => sum + count, 0)
      const plan = planFetches({ slots, running, due: fetches, servedAt: none })
      expect(new Set(plan.map(({ contentId }) => contentId)).size).toBe(plan.length)
      if (plan.length > 0) expect(before + plan.length).toBeLessThanOrEqual(slots)
      const counts = new Map(running)
      for (const { organizationId } of plan) counts.set(organizationId, (counts.get(organizationId) ?? 0) + 1)
      const served = new Set(plan.map(({ organizationId }) => organizationId))
      for (const id of served) expect(counts.get(id)).toBeLessThanOrEqual(Math.max(1, Math.floor(slots / 2)))
      const contents = new Set(plan.map(({ contentId }) => contentId))
      for (const { organizationId, contentId } of fetches) {
        const hasNothing = !running.has(organizationId) && !served.has(organizationId)
        if (hasNothing && !contents.has(contentId)) expect(before + plan.length).toBeGreaterThanOrEqual(slots)
      }
    }),
  )
})
