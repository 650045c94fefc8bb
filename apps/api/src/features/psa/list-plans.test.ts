import { type TestDatabase, startTestDatabase } from '@packages/db/test-database'
import { seedOrganization } from '@packages/db/test-database/seed'
import { foldText } from '@packages/shared/fold-text'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { listFilters } from './list-filters.ts'
import { COUNT_BOUND, LongLists } from './long-lists.ts'
import { longPageQuery, pinPage, pinPageQuery } from './repository.ts'
import { SampledNames } from './sampled-names.ts'
import { pinsQuery } from './schemas.ts'

/** No list may read all pins of everybody, however it is filtered: what a plan says holds for a million rows as for these. */
const ROWS = 20_000
const CONTENTS = 2_000
const CID = 'bafkreifzjut3te7nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e'

let database: TestDatabase
let organizationId: string

beforeAll(async () => {
  database = await startTestDatabase()
  const { kysely } = database.db
  const owners = [await seedOrganization(database.db), await seedOrganization(database.db)]
  organizationId = owners[0]?.organizationId ?? ''
  // A few pins of each content, as it is.
  await sql`
    insert into contents (id, realm, cid, state)
    select gen_random_uuid(), 'public', case n when 0 then ${CID} else 'content ' || n end, 'held'
    from generate_series(0, ${CONTENTS - 1}) n
  `.execute(kysely)
  for (const [at, owner] of owners.entries())
    await sql`
      insert into pins (id, organization_id, content_id, cid, name, name_folded, meta, status, created_at)
      select gen_random_uuid(), ${owner.organizationId}, c.id, c.cid,
        'Name ' || n, 'name ' || n, jsonb_build_object('app', 'a' || n % 500, 'of', 'all'),
        case when n % 1000 = 0 then 'queued' else 'pinned' end,
        timestamptz '2026-01-01T00:00:00Z' + n * interval '1 second'
      from generate_series(1, ${at === 0 ? ROWS : 1_000}) n
      join (select id, cid, row_number() over (order by cid) - 1 as at from contents) c on c.at = n % ${CONTENTS}
    `.execute(kysely)
  await sql`vacuum analyze pins`.execute(kysely)
  await sql`analyze contents`.execute(kysely)
})
afterAll(() => database.stop())

const filtersOf = (query: Record<string, string>) => listFilters(organizationId, pinsQuery.parse(query))
const planOf = async (query: Record<string, string>): Promise<string> => {
  const statement = pinPageQuery(filtersOf(query), 11, COUNT_BOUND)
  const { rows } = await sql<{ 'QUERY PLAN': string }>`explain ${statement}`.execute(database.db.kysely)
  return rows.map((row) => row['QUERY PLAN']).join('\n')
}

const ABSENT = 'bafybeif7ztnhq65lumvvtr4ekcwd2ifwgm3awq4zfr3srh462rwyinlb4y'

it.each<[string, Record<string, string>]>([
  ['pinned, the first page', {}],
  ['pinned, a deep page', { before: '2026-01-01T02:00:00Z' }],
  ['what is rare', { status: 'queued' }],
  ['every status', { status: 'queued,pinning,pinned,failed' }],
  ['a CID', { cid: CID }],
  ['a CID that nobody has', { cid: ABSENT }],
  ['a name', { name: 'Name 777' }],
  ['a name in any case', { name: 'NAME 777', match: 'iexact' }],
  ['a rare part of a name', { name: 'me 19999', match: 'partial' }],
  ['a part of all names', { name: 'NAM', match: 'ipartial' }],
  ['a part that nobody has', { name: 'xyzzy', match: 'ipartial' }],
  ['meta of a few', { meta: '{"app":"a7"}' }],
  ['meta of all', { meta: '{"of":"all"}' }],
  ['meta that nobody has', { meta: '{"app":"none"}' }],
])('reads no more than it has to for %s', async (_, query) => {
  const plan = await planOf(query)
  expect(plan).toContain('Index')
  expect(plan).not.toMatch(/Seq Scan on pins/)
})

it.each<[string, Record<string, string>]>([
  ['pinned', {}],
  ['a deep page', { before: '2026-01-01T04:00:00Z' }],
  ['a part of all names', { name: 'NAM', match: 'ipartial' }],
  ['meta of all', { meta: '{"of":"all"}' }],
])('reads a page of a long list in the order of an index, and no further: %s', async (_, query) => {
  const { rows } = await sql<{ 'QUERY PLAN': string }>`
    explain ${longPageQuery(filtersOf(query), 11)}`.execute(database.db.kysely)
  const plan = rows.map((row) => row['QUERY PLAN']).join('\n')
  expect(plan).toMatch(/^Limit/)
  expect(plan).not.toContain('Sort')
})

it('asks the index of parts for what is rare in a part alone, where the organization has most of all pins', async () => {
  const names = await new SampledNames({ kysely: database.db.kysely, minPins: 0 }).current()
  const planned = async (name: string): Promise<string> => {
    const filters = listFilters(organizationId, pinsQuery.parse({ name, match: 'ipartial' }), names)
    const { rows } = await sql<{ 'QUERY PLAN': string }>`
      explain ${pinPageQuery(filters, 11, COUNT_BOUND)}`.execute(database.db.kysely)
    return rows.map((row) => row['QUERY PLAN']).join('\n')
  }
  expect(await planned('ME 19999')).toMatch(
    /Bitmap Index Scan on pins_name_part.*\n +Index Cond: \(name_folded ~~ '%19999%'/,
  )
  expect(await planned('NAM')).toContain('organization_id = ')
})

it('uses the index of names for whole names, and trigrams for rare parts', async () => {
  expect(await planOf({ name: 'Name 777' })).toContain('pins_name ')
  expect(await planOf({ name: 'me 19999', match: 'ipartial', status: 'pinned' })).toContain('pins_name_part')
  expect(await planOf({ meta: '{"app":"a7"}', status: 'queued,pinning,pinned,failed' })).toContain('pins_meta')
})

const count = async (query: Record<string, string>) =>
  (await pinPage({ kysely: database.db.kysely, longLists: new LongLists() }, filtersOf(query), 2)).count

it('counts exactly up to ten thousand, and tells that there are more', async () => {
  expect(await count({})).toBe(10_001)
  expect(await count({ status: 'queued' })).toBe(ROWS / 1_000)
  expect(await count({ before: '2026-01-01T00:10:00Z' })).toBe(599)
  expect(await count({ meta: '{"app":"a7"}' })).toBe(40)
  expect(await count({ name: foldText('NAME 1999'), match: 'ipartial' })).toBe(11)
})
