import * as fc from 'fast-check'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startTestDatabase, type TestDatabase } from '../test-database.ts'
import { AHEAD_SECONDS, nextCreated, nextCreatedSql } from './next-created.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await startTestDatabase()
})
afterAll(() => database.stop())

const NOW = 1_790_000_000_123_456

it('rises, by whole milliseconds, until it is too far ahead of the clock', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 30_000_000 }), { minLength: 2, maxLength: 50 }), (steps) => {
      let [now, last] = [NOW, 0]
      for (const step of steps) {
        const next = nextCreated(now, last)
        expect(next).toBeGreaterThan(last)
        expect(next % 1_000).toBe(0)
        last = next
        now += step
      }
    }),
    { seed: 128 },
  )
  const bound = NOW + AHEAD_SECONDS * 1_000_000
  expect(nextCreated(NOW, bound - 1_456)).toBe(bound - 456)
  expect(nextCreated(NOW, bound - 300)).toBe(bound - 299)
})

/** What the expression makes of a last pin that is so many seconds ahead of the clock, and by how much it rises. */
const rise = async (seconds: number): Promise<{ micros: number; rest: number; risen: number }> => {
  const { rows } = await sql<{ micros: number; rest: number; risen: number }>`
    select (extract(epoch from next - last) * 1e6)::float8 as micros, (extract(microseconds from next)::bigint % 1000)::int as rest,
      (extract(epoch from next - clock_timestamp()))::float8 as risen
    from (select last_pin_at as last, ${nextCreatedSql} as next
      from (select date_trunc('milliseconds', clock_timestamp()) + ${seconds} * interval '1 second' as last_pin_at) u) x
  `.execute(database.db.kysely)
  if (rows[0] === undefined) throw new Error('no row')
  return rows[0]
}

it('is the same rule in the database', async () => {
  const before = await rise(-60)
  expect(before.rest).toBe(0)
  expect(Math.abs(before.risen)).toBeLessThan(5)
  expect(await rise(60)).toMatchObject({ micros: 1_000, rest: 0 })
  expect(await rise(180)).toMatchObject({ micros: 1, rest: 1 })
})
