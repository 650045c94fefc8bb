import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { chooseSurplus } from './surplus.ts'

const holder = fc.record({
  nodeId: fc.uuid(),
  zone: fc.constantFrom('', 'a', 'b', 'c'),
  fill: fc.double({ min: 0, max: 1, noNaN: true }),
})
const wish = fc.record({
  copies: fc.integer({ min: 1, max: 6 }),
  zones: fc.uniqueArray(fc.constantFrom('a', 'b', 'c')),
  kept: fc.constantFrom<string[]>([], [''], ['a']),
  least: fc.integer({ min: 1, max: 3 }),
})
const holders = fc.uniqueArray(holder, { maxLength: 8, selector: ({ nodeId }) => nodeId })

it('leaves as many as are wished for, one on a node at least, and every zone that had to have one', () => {
  fc.assert(
    fc.property(wish, holders, (given, nodes) => {
      const gone = chooseSurplus(given, nodes)
      expect(new Set(gone).size).toBe(gone.length)
      const stay = nodes.filter(({ nodeId }) => !gone.includes(nodeId))
      expect(stay.length).toBeGreaterThanOrEqual(
        Math.min(nodes.length, Math.max(given.least, given.copies - given.kept.length)),
      )
      const zonesOf = (some: typeof nodes) => given.zones.filter((zone) => some.some((node) => node.zone === zone))
      for (const zone of zonesOf(nodes)) expect([...given.kept, ...zonesOf(stay)]).toContain(zone)
      // What is more than wished for stays only for its zone.
      if (given.zones.length === 0)
        expect(stay.length).toBe(Math.min(nodes.length, Math.max(given.least, given.copies - given.kept.length)))
    }),
  )
})

it('takes from the fullest node', () => {
  const nodes = [0.2, 0.9, 0.5].map((fill) => ({ nodeId: `${fill}`, zone: '', fill }))
  expect(chooseSurplus({ copies: 2, zones: [], kept: [], least: 1 }, nodes)).toEqual(['0.9'])
})
