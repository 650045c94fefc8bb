import { ONE_COPY } from '@packages/shared/replication'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { IngestItem } from './ingest-item.ts'
import { type IngestFacts, planIngest, rootKey } from './ingest-plan.ts'

const ORGANIZATIONS = ['organization-a', 'organization-b']
const SIZE = 10

const facts = fc.record({
  now: fc.integer({ min: 1_000, max: 2_000 }),
  limit: fc.option(fc.nat(60)),
  filesLimit: fc.option(fc.nat(12)),
  maxFileBytes: fc.option(fc.nat(2)),
  last: fc.integer({ min: 0, max: 3_000 }),
  states: fc.array(fc.constantFrom('none', 'held', 'paid', 'wanted'), { minLength: 3, maxLength: 3 }),
})
const wanted = fc.array(fc.record({ organization: fc.nat(1), root: fc.nat(2) }), { maxLength: 12 })

const factsOf = ({
  now,
  limit,
  filesLimit,
  maxFileBytes,
  last,
  states,
}: {
  now: number
  limit: number | null
  filesLimit: number | null
  maxFileBytes: number | null
  last: number
  states: string[]
}): IngestFacts => ({
  nowMicros: now,
  organizations: new Map(
    ORGANIZATIONS.map((id) => [
      id,
      {
        storedBytes: 20,
        limit,
        files: 4,
        filesLimit,
        maxFileBytes,
        lastPinMicros: last,
        replication: ONE_COPY,
        copiesLimit: null,
      },
    ]),
  ),
  contents: new Map(
    states.flatMap((state, root) =>
      state === 'none'
        ? []
        : [
            [
              rootKey({ realm: 'public', cid: `root-${root}` }),
              {
                id: `live-${root}`,
                state: state === 'wanted' ? 'wanted' : 'held',
                confirmedReplicas: 1,
                wishes: ONE_COPY,
              },
            ],
          ],
    ),
  ),
  holdings: new Set(states.flatMap((state, root) => (state === 'paid' ? [`${ORGANIZATIONS[0]} live-${root}`] : []))),
  wantedPins: new Map(),
  takenKeys: new Set(),
})

const itemsOf = (given: { organization: number; root: number }[]): IngestItem[] =>
  given.map(({ organization, root }, index) => ({
    organizationId: ORGANIZATIONS[organization] ?? '',
    userId: 'user',
    contentId: `new-${index}`,
    realm: 'public',
    cid: `root-${root}`,
    canonicalCid: `root-${root}`,
    dagSize: SIZE,
    blocks: 1,
    nodeId: 'node',
    file: { id: `file-${index}`, name: 'name', contentType: 'text/plain', size: 1, metadata: {} },
    pin: { id: `pin-${index}` },
  }))

test('a plan decides each item once, charges each root once, keeps limits, and lets time rise', () => {
  fc.assert(
    fc.property(facts, wanted, (given, list) => {
      const known = factsOf(given)
      const items = itemsOf(list)
      const plan = planIngest(items, known)

      expect(plan.accepted.length + plan.refused.length).toBe(items.length)
      const kept = new Set(plan.newContents.map(({ contentId }) => contentId))
      const discarded = new Set(plan.discarded.map(({ item }) => item.contentId))
      for (const { contentId } of items) expect(kept.has(contentId)).toBe(!discarded.has(contentId))
      expect(new Set(plan.newContents.map(({ cid }) => cid)).size).toBe(kept.size)

      for (const id of ORGANIZATIONS) {
        const own = plan.accepted.filter(({ item }) => item.organizationId === id)
        const roots = new Set(own.map(({ committed }) => committed.contentId))
        const paid = [...roots].filter((contentId) => known.holdings.has(`${id} ${contentId}`)).length
        const usage = plan.usage.get(id)
        expect(usage?.roots ?? 0).toBe(roots.size - paid)
        expect(usage?.bytes ?? 0).toBe((roots.size - paid) * SIZE)
        if (given.limit !== null && (usage?.bytes ?? 0) > 0)
          expect(20 + (usage?.bytes ?? 0)).toBeLessThanOrEqual(given.limit)
        expect(usage?.files ?? 0).toBe(own.length)
        if (given.filesLimit !== null && own.length > 0) expect(4 + own.length).toBeLessThanOrEqual(given.filesLimit)
        if (given.maxFileBytes === 0) expect(own).toEqual([])
        const times = own.map(({ committed }) => committed.pin.createdAt)
        expect(times).toEqual([...new Set(times)].sort())
        expect(usage?.lastPinMicros ?? Infinity).toBeGreaterThan(given.last)
        expect(usage?.lastPinMicros ?? Infinity).toBeGreaterThanOrEqual(given.now - (given.now % 1_000))
      }
    }),
  )
})

test('an upload goes into a group of its organization alone; what was begun earlier goes into none where that has gone', () => {
  const state = {
    now: 1_000,
    limit: null,
    filesLimit: null,
    maxFileBytes: null,
    last: 0,
    states: ['none', 'none', 'none'],
  }
  const policy = { min: 2, max: 3, zones: [] }
  const own = { organizationId: 'organization-a', replication: policy }
  const groups = new Map([
    ['own', own],
    ['other', { ...own, organizationId: 'organization-b' }],
  ])
  const replaced = new Map([['pin-0', { groupId: 'own', createdMicros: 7 }]])
  const [item] = itemsOf([{ organization: 0, root: 0 }])
  const decided = (more: Partial<IngestItem>) => {
    const { accepted, refused } = planIngest([{ ...item, ...more } as IngestItem], {
      ...factsOf(state),
      groups,
      replaced,
    })
    const [
      {
        committed: { file, pin },
      } = { committed: { file: null, pin: null } },
    ] = accepted
    return refused.length > 0 ? 'refused' : [file?.group_id, pin?.group_id, pin?.replication_min]
  }
  // Private content on private nodes has the organization's copies.
  expect(decided({ groupId: 'own', realm: 'private', nodeCid: 'sealed' })).toEqual(['own', 'own', 1])
  const finishes = { table: 'uploads' as const, id: 'upload' }
  expect(decided({ groupId: 'own' })).toEqual(['own', 'own', 2])
  for (const groupId of ['other', 'gone']) {
    expect(decided({ groupId })).toBe('refused')
    expect(decided({ groupId, finishes })).toEqual([null, null, 1])
  }
  expect(decided({ groupId: 'own', finishes })).toEqual(['own', 'own', 2])
  expect(decided({ replaces: { pinId: 'pin-0', dagSize: SIZE } })).toEqual(['own', 'own', 2])
})
