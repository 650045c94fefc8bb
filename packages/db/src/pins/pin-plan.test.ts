import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { NewPinRow } from './new-pin.ts'
import { ONE_COPY } from '@packages/shared/replication'
import type { FetchTold } from './pin-info.ts'
import type { ContentFacts, PinFacts } from './pin-facts.ts'
import { holdingKey, planPins, rootKey } from './pin-plan.ts'

const ORGANIZATIONS = ['a', 'b']
const SIZE = 10
const NOW = 1_700_000_000_000_000

const job = (state: FetchTold['state'], tries: number): FetchTold => ({
  state,
  phase: state === 'running' ? 'searching' : null,
  blocks: 0,
  bytes: 0,
  providers: [],
  tries,
  error: null,
  nextTryAt: null,
})
const content = (id: string, state: 'wanted' | 'held', fetch: ContentFacts['fetch'] = null): ContentFacts => ({
  id,
  state,
  dagSize: state === 'held' ? SIZE : null,
  confirmed: state === 'held' ? 1 : 0,
  wishes: ONE_COPY,
  fetch,
})
const KINDS = {
  none: () => undefined,
  held: (id: string) => content(id, 'held'),
  paid: (id: string) => content(id, 'held'),
  queued: (id: string) => content(id, 'wanted', job('queued', 0)),
  running: (id: string) => content(id, 'wanted', job('running', 1)),
  waiting: (id: string) => content(id, 'wanted', job('waiting', 3)),
  'given up': (id: string) => content(id, 'wanted', job('failed', 9)),
} as const
type Kind = keyof typeof KINDS

const factsOf = (kinds: Kind[], { stored = 0, limit = null as number | null, last = 0 } = {}): PinFacts => ({
  nowMicros: NOW,
  organizations: new Map(
    ORGANIZATIONS.map((id) => [
      id,
      { storedBytes: stored, limit, lastPinMicros: last, replication: ONE_COPY, copiesLimit: null },
    ]),
  ),
  contents: new Map(
    kinds.flatMap((kind, index) => {
      const facts = KINDS[kind](`live-${index}`)
      return facts === undefined ? [] : [[rootKey({ realm: 'public', cid: `root-${index}` }), facts] as const]
    }),
  ),
  groups: new Map(),
  holdings: new Set(kinds.flatMap((kind, index) => (kind === 'paid' ? [holdingKey('a', `live-${index}`)] : []))),
})

const rowOf = (organizationId: string, root: number, more: Partial<NewPinRow> = {}): NewPinRow => ({
  organizationId,
  userId: 'user',
  realm: 'public',
  cid: `root-${root}`,
  canonical: `root-${root}`,
  name: null,
  meta: {},
  nodeId: 'node',
  adopted: undefined,
  ...more,
})
const adopted = (index: number) => ({ contentId: `own-${index}`, dagSize: SIZE, blocks: 1 })

const asked = fc.array(
  fc.record({ organization: fc.constantFrom('a', 'b', 'gone'), root: fc.nat(3), brings: fc.boolean() }),
  { maxLength: 16 },
)
const world = fc.record({
  kinds: fc.array(fc.constantFrom(...(Object.keys(KINDS) as Kind[])), { minLength: 4, maxLength: 4 }),
  stored: fc.nat(30),
  limit: fc.option(fc.nat(60)),
})

test('a batch decides as its pins do one after another, each told of what came before', () => {
  fc.assert(
    fc.property(asked, world, (pins, { kinds, stored, limit }) => {
      const rows = pins.map(({ organization, root, brings }, index) =>
        rowOf(organization, root, { adopted: brings ? adopted(index) : undefined }),
      )
      const plan = planPins(rows, factsOf(kinds, { stored, limit }))

      // The model: one pin at a time on a world that it changes.
      const live = new Map(kinds.flatMap((kind, root) => (kind === 'none' ? [] : [[root, kind] as const])))
      const pays = new Set(kinds.flatMap((kind, root) => (kind === 'paid' ? [`a ${root}`] : [])))
      const has = new Map(ORGANIZATIONS.map((id) => [id, stored]))
      const expected = pins.map(({ organization, root, brings }) => {
        const kind = live.get(root) ?? (brings ? 'held' : 'queued')
        const isHeld = kind === 'held' || kind === 'paid'
        const cost = isHeld && !pays.has(`${organization} ${root}`) ? SIZE : 0
        const used = has.get(organization)
        if (used === undefined) return 'not_found'
        if (cost > 0 && limit !== null && used + cost > limit) return 'quota_exceeded'
        has.set(organization, used + cost)
        if (isHeld) pays.add(`${organization} ${root}`)
        live.set(root, kind)
        return isHeld ? 'pinned' : kind === 'running' || kind === 'waiting' ? 'pinning' : 'queued'
      })

      const outcomes = new Map<NewPinRow, string>()
      for (const { row, pin } of plan.accepted) outcomes.set(row, pin.status)
      for (const { row, error } of plan.refused) outcomes.set(row, error.code)
      expect(rows.map((row) => outcomes.get(row))).toEqual(expected)
      for (const id of ORGANIZATIONS) expect(stored + (plan.usage.get(id)?.bytes ?? 0)).toBe(has.get(id))
    }),
  )
})

test('one content for each new root, and every root that was brought is either its own or discarded', () => {
  fc.assert(
    fc.property(asked, world, (pins, { kinds, stored, limit }) => {
      const rows = pins.map(({ organization, root, brings }, index) =>
        rowOf(organization, root, { adopted: brings ? adopted(index) : undefined }),
      )
      const plan = planPins(rows, factsOf(kinds, { stored, limit }))
      const cids = plan.newContents.map(({ cid }) => cid)
      expect(new Set(cids).size).toBe(cids.length)
      const kept = plan.newContents.flatMap(({ adopted: own }) => (own === undefined ? [] : [own.contentId]))
      const discarded = plan.discarded.map(({ contentId }) => contentId)
      const brought = rows.flatMap(({ adopted: own }) => (own === undefined ? [] : [own.contentId]))
      expect([...kept, ...discarded].sort()).toEqual(brought.sort())
    }),
  )
})

test('times of one organization rise in the order of its pins', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom('a', 'b'), { maxLength: 50 }), fc.nat(5_000_000), (owners, ahead) => {
      const rows = owners.map((owner, root) => rowOf(owner, root))
      const { accepted } = planPins(rows, factsOf([], { last: NOW + ahead }))
      for (const id of ORGANIZATIONS) {
        const times = accepted.filter(({ row }) => row.organizationId === id).map(({ pin }) => pin.created)
        expect(times).toEqual([...new Set(times)].sort())
      }
    }),
  )
})

test('what is given up begins anew, once; what is fetched just now keeps its turn', () => {
  const rows = [rowOf('a', 0), rowOf('b', 0), rowOf('a', 1), rowOf('a', 1)]
  const plan = planPins(rows, factsOf(['given up', 'running']))
  expect(plan.beginAnew).toEqual(['live-0'])
  expect(plan.waiting).toEqual([
    { organizationId: 'a', contentId: 'live-0', isRunning: false, isNew: false },
    { organizationId: 'b', contentId: 'live-0', isRunning: false, isNew: false },
    { organizationId: 'a', contentId: 'live-1', isRunning: true, isNew: false },
  ])
})

test('what a replaced pin gives back counts before the limit', () => {
  const facts = factsOf(['held'], { stored: 10, limit: 10 })
  expect(planPins([rowOf('a', 0)], facts).refused).toMatchObject([{ error: { code: 'quota_exceeded' } }])
  expect(planPins([rowOf('a', 0, { credit: 10 })], facts).accepted).toHaveLength(1)
})

test('hints where it may be are kept only while it is sought', () => {
  const { accepted } = planPins(
    [rowOf('a', 0, { origins: ['/ip4/1.2.3.4'] }), rowOf('a', 1, { origins: ['/ip4/1.2.3.4'] })],
    factsOf(['held', 'none']),
  )
  expect(accepted.map(({ pin }) => pin.origins)).toEqual([[], ['/ip4/1.2.3.4']])
})
