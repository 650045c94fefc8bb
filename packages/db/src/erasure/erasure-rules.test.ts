import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { DATA_MAP } from '../data-map.ts'
import { startTestDatabase, type TestDatabase } from '../test-database.ts'
import { ERASURE_RULES, type Goes } from './erasure-rules.ts'
import { mentionPattern, PURGES } from './purges.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await startTestDatabase()
})
afterAll(() => database.stop())

const columnsOf = (table: string, ...classes: ('personal' | 'link' | 'secret')[]): string[] =>
  classes.flatMap((one) => DATA_MAP[table]?.[one]?.split(' ') ?? [])

/** Tables that hang on `parent` by foreign keys of this kind (`c` cascade, also by way of others; `n` set null). */
const hangsOn = async (parent: string, kind: 'c' | 'n'): Promise<Set<string>> => {
  const { rows } = await sql<{ child: string }>`
    with recursive gone (child) as (
      values (${parent})
      union
      select conrelid::regclass::text from pg_constraint join gone on confrelid::regclass::text = gone.child
      where contype = 'f' and confdeltype = 'c'
    )
    select child from gone where ${kind} = 'c'
    union all
    select conrelid::regclass::text from pg_constraint
    where contype = 'f' and confdeltype = 'n' and confrelid = ${parent}::regclass and ${kind} = 'n'
  `.execute(database.db.kysely)
  return new Set(rows.map(({ child }) => child))
}

const tables = async (): Promise<string[]> => {
  const { rows } = await sql<{ name: string }>`
    select table_name as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'
  `.execute(database.db.kysely)
  return rows.map(({ name }) => name)
}

test('every table that tells of people has a rule', async () => {
  const telling = (await tables()).filter((table) => columnsOf(table, 'personal', 'link', 'secret').length > 0)
  expect(telling.filter((table) => ERASURE_RULES[table] === undefined)).toEqual([])
})

test.each(['users', 'organizations'] as const)('foreign keys bear out what the rules say of %s', async (parent) => {
  const cascades = await hangsOn(parent, 'c')
  const nulls = await hangsOn(parent, 'n')
  for (const table of await tables()) {
    const rule = ERASURE_RULES[table]
    const goes: Goes | undefined = parent === 'users' ? rule?.user : rule?.organization
    if (goes === 'cascade') expect(cascades, table).toContain(table)
    if (goes === 'unlink') expect(nulls, table).toContain(table)
    if (goes === 'purge') expect(Object.keys(PURGES), table).toContain(table)
    // Nobody's row may go along by accident, or stay.
    if (goes === '-') expect([...cascades, ...nulls], table).not.toContain(table)
  }
})

test('what an organization keeps when a user goes was put there on purpose', async () => {
  for (const table of await tables()) {
    const rule = ERASURE_RULES[table]
    if (rule?.user !== 'unlink') continue
    expect(columnsOf(table, 'personal').toSorted(), table).toEqual((rule.stays ?? '').split(' ').toSorted())
  }
})

const ADDRESS = 'a.b+c@x.org'

const found = async (text: string): Promise<boolean> => {
  const { rows } = await sql<{ found: boolean }>`select ${text} ~* ${mentionPattern(ADDRESS)} as found`.execute(
    database.db.kysely,
  )
  return rows[0]?.found ?? false
}

test('an address is found as a word of its own, and not as a part of another', async () => {
  for (const text of ['a.b+c@x.org', '{"to": "A.B+C@x.org"}', 'Write to a.b+c@x.org.', '<a.b+c@x.org>, b@x.org'])
    expect(await found(text), text).toBe(true)
  for (const text of ['za.b+c@x.org', 'a.b+c@x.org.uk', 'a.b+c@x.organic', 'aXb+c@x.org', 'a.bbc@x.org'])
    expect(await found(text), text).toBe(false)
})
