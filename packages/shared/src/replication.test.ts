import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  isBeyond,
  isSameReplication,
  largestReplication,
  ONE_COPY,
  type Replication,
  resolveReplication,
} from './replication.ts'

const copies = fc.integer({ min: 1, max: 5 })
const zones = fc.uniqueArray(fc.constantFrom('a', 'b', 'c'), { maxLength: 3 })
const policies = fc.record({ min: copies, more: fc.nat(4), zones }).map(
  ({ min, more, zones: some }): Replication => ({
    min,
    max: Math.max(min + more, some.length),
    zones: [...some].sort(),
  }),
)
/** As requests are checked: never more least copies, or zones, than copies. */
const wishes = fc
  .record({ min: copies, max: copies, zones }, { requiredKeys: [] })
  .filter(({ min = 1, max = 9, zones: some = [] }) => min <= max && some.length <= max)
const limits = fc.option(fc.integer({ min: 1, max: 6 }))

test('a pin has what it asks for, and the default where it does not ask', () => {
  fc.assert(
    fc.property(wishes, policies, limits, (wish, byDefault, limit) => {
      const got = resolveReplication(wish, byDefault, limit)
      expect(got.min).toBeLessThanOrEqual(got.max)
      expect(got.zones.length).toBeLessThanOrEqual(got.max)
      if (limit !== null) expect(got.max).toBeLessThanOrEqual(limit)
      if (isBeyond(limit, wish)) return
      expect(got).toMatchObject(wish.min === undefined ? {} : { min: wish.min })
      if (wish.max !== undefined) expect(got.max).toBe(wish.max)
      if (wish.zones !== undefined) expect(got.zones).toEqual([...wish.zones].sort())
    }),
  )
})

test('without a wish it has the default, as far as the plan allows', () => {
  const byDefault = { min: 2, max: 3, zones: ['a', 'b'] }
  expect(resolveReplication({}, byDefault, null)).toEqual(byDefault)
  expect(resolveReplication({}, byDefault, 1)).toEqual({ min: 1, max: 1, zones: ['a'] })
  expect(resolveReplication({ min: 4 }, byDefault, null)).toEqual({ ...byDefault, min: 4, max: 4 })
  expect(resolveReplication({ max: 1 }, byDefault, null)).toEqual({ min: 1, max: 1, zones: ['a'] })
  expect(resolveReplication({ zones: [] }, byDefault, null)).toEqual({ ...byDefault, zones: [] })
})

test('what a content needs is the most that any of its pins asks for, in whatever order they come', () => {
  expect(largestReplication([])).toEqual(ONE_COPY)
  fc.assert(
    fc.property(fc.array(policies, { maxLength: 6 }), (pins) => {
      const all = largestReplication(pins)
      for (const pin of pins) expect(isSameReplication(largestReplication([all, pin]), all)).toBe(true)
      expect(pins.length === 0 || pins.some(({ min }) => min === all.min)).toBe(true)
      expect(pins.length === 0 || pins.some(({ max }) => max === all.max)).toBe(true)
      expect(all.zones.every((zone) => pins.some((pin) => pin.zones.includes(zone)))).toBe(true)
      expect(largestReplication(pins.toReversed())).toEqual(all)
    }),
  )
})
