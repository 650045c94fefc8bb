import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { WeightedCache } from './weighted-cache.ts'

describe('WeightedCache', () => {
  it('behaves like a list in order of use that is cut by weight', () => {
    const key = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f')
    const step = fc.oneof(
      fc.record({ kind: fc.constant('set' as const), key, weight: fc.integer({ min: 1, max: 30 }) }),
      fc.record({ kind: fc.constant('get' as const), key }),
      fc.record({ kind: fc.constant('delete' as const), key }),
    )
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const limit = 80
        const cache = new WeightedCache<number>(limit)
        let model: { key: string; value: number; weight: number }[] = []
        for (const [at, one] of steps.entries()) {
          const known = model.find((entry) => entry.key === one.key)
          if (one.kind === 'get') {
            expect(cache.get(one.key)).toBe(known?.value)
            if (known) model = [...model.filter((entry) => entry !== known), known]
            continue
          }
          model = model.filter((entry) => entry !== known)
          if (one.kind === 'delete') cache.delete(one.key)
          else {
            cache.set(one.key, at, one.weight)
            if (one.weight <= limit / 4) model.push({ key: one.key, value: at, weight: one.weight })
            while (model.reduce((sum, { weight }) => sum + weight, 0) > limit) model.shift()
          }
          expect(cache.weight).toBe(model.reduce((sum, { weight }) => sum + weight, 0))
          expect(cache.size).toBe(model.length)
        }
      }),
    )
  })
})
