import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { placeCopies, type PlacementNode, type PlacementWish } from './placement.ts'

const GIB = 2 ** 30
const node = (id: string, more: Partial<PlacementNode> = {}): PlacementNode => ({
  id,
  network: 'public',
  zone: '',
  intent: 'active',
  state: 'up',
  capacityBytes: 1_000 * GIB,
  usedBytes: 0,
  queued: 0,
  ...more,
})
const wish = (more: Partial<PlacementWish> = {}): PlacementWish => ({
  contentId: 'content',
  network: 'public',
  size: 1_000,
  copies: 2,
  zones: [],
  holders: [],
  ...more,
})

const anyNode = fc.record({
  network: fc.constantFrom('public' as const, 'private' as const),
  zone: fc.constantFrom('', 'a', 'b'),
  intent: fc.constantFrom('active' as const, 'active' as const, 'draining' as const),
  state: fc.constantFrom('up' as const, 'up' as const, 'down' as const, 'refused' as const),
  capacityBytes: fc.option(fc.integer({ min: 1, max: 1_000 }).map((n) => n * GIB)),
  usedBytes: fc.option(fc.integer({ min: 0, max: 1_000 }).map((n) => n * GIB)),
  queued: fc.nat(100),
})
const clusters = fc.array(anyNode, { maxLength: 8 }).map((list) => list.map((one, n) => ({ ...one, id: `node-${n}` })))
const wishes = fc.record({
  contentId: fc.uuid(),
  network: fc.constantFrom('public' as const, 'private' as const),
  size: fc.integer({ min: 0, max: 100 }).map((n) => n * GIB),
  copies: fc.integer({ min: 1, max: 5 }),
  zones: fc.uniqueArray(fc.constantFrom('a', 'b', 'c'), { maxLength: 2 }),
  holders: fc.uniqueArray(
    fc.integer({ min: 0, max: 7 }).map((n) => `node-${n}`),
    { maxLength: 3 },
  ),
})

test('never two copies on a node, never on one of the other network, without room, or that is not up', () => {
  fc.assert(
    fc.property(clusters, wishes, (nodes, asked) => {
      const { nodeIds, shortage } = placeCopies(asked, nodes)
      expect(new Set([...nodeIds, ...asked.holders]).size).toBe(nodeIds.length + asked.holders.length)
      const missing = Math.max(0, asked.copies - asked.holders.length)
      expect(nodeIds.length).toBeLessThanOrEqual(Math.max(missing, asked.zones.length))
      for (const id of nodeIds) {
        const chosen = nodes.find((one) => one.id === id)
        expect(chosen).toMatchObject({ network: asked.network, intent: 'active', state: 'up' })
        if (chosen?.capacityBytes != null && chosen.usedBytes != null)
          expect(chosen.usedBytes + asked.size).toBeLessThanOrEqual(chosen.capacityBytes * 0.9)
      }
      if (asked.holders.length + nodeIds.length < asked.copies) expect(shortage).not.toBeNull()
    }),
  )
})

test('as many copies as there are nodes that can take one', () => {
  fc.assert(
    fc.property(clusters, wishes, (nodes, asked) => {
      const all = placeCopies({ ...asked, copies: 100, zones: [] }, nodes).nodeIds.length
      const { nodeIds } = placeCopies({ ...asked, zones: [] }, nodes)
      expect(nodeIds.length).toBe(Math.min(all, Math.max(0, asked.copies - asked.holders.length)))
    }),
  )
})

test('zones that need a copy have one before anything else, and it is said which cannot', () => {
  const nodes = [node('a1', { zone: 'a', usedBytes: 800 * GIB }), node('b1', { zone: 'b' }), node('b2', { zone: 'b' })]
  expect(placeCopies(wish({ zones: ['a', 'b'] }), nodes).nodeIds).toContain('a1')
  expect(placeCopies(wish({ copies: 3, zones: ['c'] }), nodes)).toMatchObject({
    nodeIds: expect.arrayContaining(['a1', 'b1', 'b2']),
    shortage: 'no node in zone c can take a copy',
  })
})

test('a zone that is not covered gets a copy though there are enough elsewhere, and no more than that', () => {
  const nodes = [
    node('a1', { zone: 'a' }),
    node('a2', { zone: 'a' }),
    node('b1', { zone: 'b' }),
    node('b2', { zone: 'b' }),
  ]
  const enough = wish({ copies: 2, holders: ['a1', 'a2'] })
  const { nodeIds } = placeCopies({ ...enough, zones: ['a', 'b'] }, nodes)
  expect(nodeIds).toEqual([expect.stringMatching(/^b/)])
  expect(placeCopies({ ...enough, zones: ['a'] }, nodes)).toEqual({ nodeIds: [], shortage: null })
})

const firstOf = (nodes: PlacementNode[], count = 4_000): Map<string, number> => {
  const counts = new Map<string, number>()
  for (let n = 0; n < count; n++) {
    const [id = ''] = placeCopies(wish({ contentId: `content-${n}`, copies: 1 }), nodes).nodeIds
    counts.set(id, (counts.get(id) ?? 0) + 1)
  }
  return counts
}

test('many contents spread in proportion to the free space, and away from who has much on the way', () => {
  const counts = firstOf([node('a'), node('b', { usedBytes: 500 * GIB }), node('c', { queued: 3 })])
  const share = (id: string) => (counts.get(id) ?? 0) / 4_000
  expect(share('a')).toBeCloseTo(1 / 1.75, 1)
  expect(share('b')).toBeCloseTo(0.5 / 1.75, 1)
  expect(share('c')).toBeCloseTo(0.25 / 1.75, 1)
})

test('a little less space moves little, and a new node takes only its share', () => {
  const before = [node('a'), node('b'), node('c')]
  const moved = (after: PlacementNode[]) => {
    let count = 0
    for (let n = 0; n < 2_000; n++) {
      const one = wish({ contentId: `content-${n}`, copies: 1 })
      if (placeCopies(one, before).nodeIds[0] !== placeCopies(one, after).nodeIds[0]) count++
    }
    return count / 2_000
  }
  expect(moved([node('a', { usedBytes: 50 * GIB }), node('b'), node('c')])).toBeLessThan(0.05)
  expect(moved([...before, node('d')])).toBeCloseTo(0.25, 1)
})
