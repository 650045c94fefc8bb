import * as fc from 'fast-check'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { isoOfUtc, utcText } from './microseconds.ts'
import { startTestDatabase, type TestDatabase } from './test-database.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await startTestDatabase()
})
afterAll(() => database.stop())

/** What PostgreSQL writes for these microseconds in a session with this time zone. */
const written = async (micros: readonly number[], zone: string): Promise<string[]> =>
  database.db.kysely.transaction().execute(async (tx) => {
    await sql`select set_config('TimeZone', ${zone}, true)`.execute(tx)
    const { rows } = await sql<{ text: string }>`
      select ${utcText('x.at')} as text from (
        select timestamptz 'epoch' + m * interval '1 microsecond' as at, n from unnest(${micros}::bigint[]) with ordinality as of (m, n)
      ) x order by x.n`.execute(tx)
    return rows.map(({ text }) => text)
  })

it('tells a time as a Date of it would, in whatever time zone the session is', async () => {
  const microseconds = fc.integer({ min: Date.UTC(1971, 0, 1) * 1_000, max: Date.UTC(2200, 0, 1) * 1_000 })
  const round = fc.oneof(
    microseconds,
    microseconds.map((micros) => micros - (micros % 1_000_000)),
  )
  const zones = fc.constantFrom('UTC', 'Europe/Berlin', 'America/St_Johns', 'Asia/Kathmandu')
  await fc.assert(
    fc.asyncProperty(fc.array(round, { minLength: 1, maxLength: 200 }), zones, async (micros, zone) => {
      expect((await written(micros, zone)).map(isoOfUtc)).toEqual(
        micros.map((at) => new Date(Math.floor(at / 1_000)).toISOString()),
      )
    }),
    { numRuns: 20 },
  )
})

it.each([
  ['2026-11-29T20:31:00.123456+00:00', '2026-11-29T20:31:00.123Z'],
  ['2026-11-29T21:31:00+01:00', '2026-11-29T20:31:00.000Z'],
])('reads %s, as JSON has it, as a Date', (text, iso) => {
  expect(isoOfUtc(text)).toBe(iso)
})
