import { randomUUID } from 'node:crypto'
import { type TestDatabase, startTestDatabase } from '@packages/db/test-database'
import { seedOrganization } from '@packages/db/test-database/seed'
import * as fc from 'fast-check'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { listFilters } from './list-filters.ts'
import { LongLists } from './long-lists.ts'
import { pinPage } from './repository.ts'
import { pinsQuery } from './schemas.ts'

const BOUND = 8
const REMEMBERED_MS = 100
const EPOCH = Date.parse('2026-01-01T00:00:00Z')
const timeOf = (second: number): string => new Date(EPOCH + second * 1_000).toISOString()

let database: TestDatabase
const organizations: string[] = []
let contentId: string

beforeAll(async () => {
  database = await startTestDatabase()
  for (let n = 0; n < 2; n++) organizations.push((await seedOrganization(database.db)).organizationId)
  contentId = randomUUID()
  await sql`insert into contents (id, realm, cid, state) values (${contentId}, 'public', 'a cid', 'held')`.execute(
    database.db.kysely,
  )
})
afterAll(() => database.stop())

type Pin = { owner: number; second: number; name: string; status: string; app: string }
type List = Partial<Record<'name' | 'match' | 'status' | 'meta' | 'before' | 'after', string | undefined>>

/** What the model says of a list: its pins, the newest first. */
const pinsOf = (pins: readonly Pin[], owner: number, list: List): Pin[] =>
  pins
    .filter(
      (pin) => pin.owner === owner && pin.status === (list.status ?? (list.name === undefined ? 'pinned' : pin.status)),
    )
    .filter(
      ({ name }) =>
        list.name === undefined || (list.match === 'partial' ? name.includes(list.name) : name === list.name),
    )
    .filter(({ app }) => list.meta === undefined || list.meta === JSON.stringify({ app }))
    .filter(({ second }) => list.before === undefined || timeOf(second) < list.before)
    .filter(({ second }) => list.after === undefined || timeOf(second) > list.after)
    .toSorted((a, b) => b.second - a.second)

const added = async (pins: readonly Pin[], more: readonly Pin[]): Promise<Pin[]> => {
  const all = new Map(pins.map((pin) => [`${pin.owner} ${pin.second}`, pin]))
  const news = more.filter((pin) => {
    const key = `${pin.owner} ${pin.second}`
    return !all.has(key) && all.set(key, pin)
  })
  if (news.length > 0)
    await database.db.kysely
      .insertInto('pins')
      .values(
        news.map((pin) => ({
          id: randomUUID(),
          organization_id: organizations[pin.owner] ?? '',
          content_id: contentId,
          cid: 'a cid',
          name: pin.name,
          name_folded: pin.name,
          meta: JSON.stringify({ app: pin.app }),
          status: pin.status as 'pinned' | 'queued',
          created_at: timeOf(pin.second),
        })),
      )
      .execute()
  return [...all.values()]
}

const removed = async (pins: readonly Pin[], seconds: readonly number[]): Promise<Pin[]> => {
  await sql`delete from pins where created_at = any(${seconds.map(timeOf)}::timestamptz[])`.execute(database.db.kysely)
  return pins.filter((pin) => !seconds.includes(pin.second))
}

const SECONDS = 40
const owner = fc.constantFrom(0, 0, 0, 1)
const second = fc.nat({ max: SECONDS })
const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(value, { nil: undefined })
const name = fc.constantFrom('cat', 'caterpillar')
// One is the rule, so that lists are long.
const status = fc.constantFrom('pinned', 'pinned', 'pinned', 'queued')
const app = fc.constantFrom('a', 'a', 'b')
const filters = fc.oneof(
  fc.constant({}),
  fc.record({ name, match: fc.constantFrom('exact', 'partial') }),
  fc.record({ meta: app.map((of) => JSON.stringify({ app: of })) }),
  fc.record({ status }),
)
const pin = fc.record({ owner, second, name, status, app })
const page = fc.record({ before: maybe(second.map(timeOf)), after: fc.constantFrom(undefined, undefined, timeOf(3)) })

const step = fc.oneof(
  { weight: 1, arbitrary: fc.record({ add: fc.array(pin, { minLength: 1, maxLength: 12 }) }) },
  { weight: 1, arbitrary: fc.record({ remove: fc.array(second, { minLength: 1, maxLength: 8 }) }) },
  { weight: 1, arbitrary: fc.record({ wait: fc.nat({ max: REMEMBERED_MS / 2 }) }) },
  {
    weight: 5,
    arbitrary: fc.record({
      owner,
      which: fc.nat({ max: 1 }),
      limit: fc.integer({ min: 1, max: 3 }),
      page,
    }),
  },
)
const world = fc.record({
  first: fc.array(pin, { minLength: 40, maxLength: 60 }),
  lists: fc.tuple(filters, filters),
  steps: fc.array(step, { minLength: 15, maxLength: 30 }),
})

describe('a list that was long a moment ago', () => {
  it('shows what there is, never counts too few, and too many only while it goes on and was as long within ten seconds', async () => {
    let remembered = 0
    await fc.assert(
      fc.asyncProperty(world, async ({ first, lists, steps }) => {
        let now = 0
        const longLists = new LongLists({ bound: BOUND, rememberedMs: REMEMBERED_MS, now: () => now })
        /** What there was, and until when. */
        const past: { pins: Pin[]; until: number }[] = []
        const { kysely } = database.db
        await sql`delete from pins`.execute(kysely)
        let pins = await added([], first)
        for (const given of steps) {
          if ('wait' in given) now += given.wait
          else if ('which' in given) {
            const list: List = { ...lists[given.which], ...given.page }
            const limit = given.limit + 1
            const asked = listFilters(organizations[given.owner] ?? '', pinsQuery.parse(list))
            if (longLists.isLong(asked)) remembered++
            const { count, rows } = await pinPage({ kysely, longLists }, asked, limit)
            const real = pinsOf(pins, given.owner, list)
            expect(rows.map(({ created }) => new Date(created).toISOString())).toEqual(
              real.slice(0, limit).map((pin) => timeOf(pin.second)),
            )
            if (count === Math.min(real.length, BOUND)) continue
            expect([count, rows.length]).toEqual([BOUND, limit])
            const before = past.filter(({ until }) => until >= now - REMEMBERED_MS)
            expect(before.some((was) => pinsOf(was.pins, given.owner, list).length >= BOUND)).toBe(true)
          } else {
            past.push({ pins, until: now })
            pins = 'add' in given ? await added(pins, given.add) : await removed(pins, given.remove)
          }
        }
      }),
      { numRuns: 60 },
    )
    expect(remembered).toBeGreaterThan(50)
  })
})

describe('what is remembered', () => {
  it('ends, is of one list alone, and holds for each later time', () => {
    let now = 0
    const lists = new LongLists({ now: () => now })
    lists.remember('one', '2026-01-01T00:00:05.000000Z', 0)
    const isLong = (list: string, before?: string) => lists.isLong({ list, before })
    expect([isLong('one'), isLong('two')]).toEqual([true, false])
    expect(isLong('one', '2026-01-01T00:00:05.000000Z')).toBe(true)
    expect(isLong('one', '2026-01-01T00:00:04.999999Z')).toBe(false)
    now = 9_999
    expect(isLong('one')).toBe(true)
    now = 10_000
    expect(isLong('one')).toBe(false)
  })

  it('has a bound: the oldest goes', () => {
    const lists = new LongLists({ maxLists: 2, now: () => 0 })
    for (const list of ['one', 'two', 'three']) lists.remember(list, undefined, 0)
    expect(['one', 'two', 'three'].map((list) => lists.isLong({ list, before: undefined }))).toEqual([
      false,
      true,
      true,
    ])
  })
})
