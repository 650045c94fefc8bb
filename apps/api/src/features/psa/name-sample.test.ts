import { randomUUID } from 'node:crypto'
import { type TestDatabase, startTestDatabase } from '@packages/db/test-database'
import { seedOrganization } from '@packages/db/test-database/seed'
import { foldText } from '@packages/shared/fold-text'
import * as fc from 'fast-check'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { listFilters } from './list-filters.ts'
import { LongLists } from './long-lists.ts'
import { NameSample } from './name-sample.ts'
import { pinPage } from './repository.ts'
import { pinsQuery } from './schemas.ts'

const ONE = '00000000-0000-7000-8000-000000000001'
const TWO = '00000000-0000-7000-8000-000000000002'
const sampleOf = (names: readonly string[], organization_id = ONE) =>
  new NameSample(names.map((name) => ({ organization_id, name })))
const files = Array.from({ length: 1_000 }, (_, n) => `file ${100_000 + n * 891}`)

describe('what is rare in a part of a name', () => {
  it.each<[string, string | undefined]>([
    ['le 712345', '712345'],
    ['712345', '712345'],
    ['file', undefined],
    ['file x9z', 'x9z'],
    ['filexyz', 'lexyz'],
    ['xy', undefined],
    ['%_\\', undefined],
    ['äöü', undefined],
    ['äöü file quux', 'quux'],
    ['', undefined],
  ])('%s: %s', (part, rare) => {
    expect(sampleOf(files).rareWithin(ONE, part)).toBe(rare)
  })

  it('is nothing that more than one name of the sample has', () => {
    expect(sampleOf([...files, 'a quux']).rareWithin(ONE, 'quux')).toBe('quux')
    expect(sampleOf([...files, 'a quux', 'b quux']).rareWithin(ONE, 'quux')).toBeUndefined()
  })

  it('is told for an organization with a tenth of all pins, by a sample that says something', () => {
    const few = files.map((name, n) => ({ organization_id: n % 11 === 0 ? TWO : ONE, name }))
    expect(new NameSample(few).rareWithin(TWO, 'quux')).toBeUndefined()
    expect(new NameSample(few).rareWithin(ONE, 'quux')).toBe('quux')
    expect(sampleOf(files.slice(0, 499)).rareWithin(ONE, 'quux')).toBeUndefined()
    expect(new NameSample([]).rareWithin(ONE, 'quux')).toBeUndefined()
  })
})

describe('lists by a part of a name', () => {
  let database: TestDatabase
  const organizations: string[] = []
  beforeAll(async () => {
    database = await startTestDatabase()
    const { kysely } = database.db
    for (let n = 0; n < 2; n++) organizations.push((await seedOrganization(database.db)).organizationId)
    const contentId = randomUUID()
    await sql`insert into contents (id, realm, cid, state) values (${contentId}, 'public', 'a cid', 'held')`.execute(
      kysely,
    )
    const pins = fc.sample(name, 600).map((text, n) => ({
      id: randomUUID(),
      organization_id: organizations[n % 3 === 0 ? 1 : 0] ?? '',
      content_id: contentId,
      cid: 'a cid',
      name: text,
      name_folded: foldText(text),
      status: n % 7 === 0 ? ('queued' as const) : ('pinned' as const),
      created_at: new Date(Date.UTC(2026, 0, 1) + n * 1_000).toISOString(),
    }))
    await kysely.insertInto('pins').values(pins).execute()
    all.push(...pins.map((pin) => ({ ...pin })))
  })
  afterAll(() => database.stop())

  const all: { id: string; organization_id: string; name: string }[] = []
  const letter = fc.constantFrom(
    'a',
    'A',
    'b',
    '1',
    '2',
    ' ',
    '-',
    '%',
    '_',
    '\\',
    'ß',
    'Ä',
    'a\u0308',
    'ς',
    '日',
    '😀',
  )
  const name = fc.array(letter, { minLength: 1, maxLength: 12 }).map((letters) => letters.join(''))
  const part = fc.oneof(
    name,
    fc
      .array(fc.constantFrom('a', 'A', 'b', '1', '2', ' '), { minLength: 3, maxLength: 5 })
      .map((letters) => letters.join('')),
  )

  it('has the same pins whether the index is asked for what is rare or for all', async () => {
    const { kysely } = database.db
    let [asked, found] = [0, 0]
    await fc.assert(
      fc.asyncProperty(part, fc.constantFrom('partial', 'ipartial'), fc.nat({ max: 1 }), async (text, match, owner) => {
        const organizationId = organizations[owner] ?? ''
        // By this sample everything is rare.
        const names = new NameSample(
          files.map((of) => ({ organization_id: organizationId, name: of.replaceAll(/[12]/g, '0') })),
        )
        if (names.rareWithin(organizationId, foldText(text)) !== undefined) asked++
        const query = pinsQuery.parse({ name: text, match })
        const idsOf = async (sample?: NameSample) => {
          const { count, rows } = await pinPage(
            { kysely, longLists: new LongLists() },
            listFilters(organizationId, query, sample),
            1_000,
          )
          return { count, ids: rows.map(({ id }) => id) }
        }
        const ids = all
          .filter((pin) => pin.organization_id === organizationId && foldText(pin.name).includes(foldText(text)))
          .filter((pin) => match === 'ipartial' || pin.name.includes(text))
          .map(({ id }) => id)
          .toReversed()
        expect(await idsOf(names)).toEqual({ count: ids.length, ids })
        expect(await idsOf()).toEqual({ count: ids.length, ids })
        found += ids.length
      }),
      { numRuns: 150 },
    )
    expect(asked).toBeGreaterThan(20)
    expect(found).toBeGreaterThan(20)
  })
})
