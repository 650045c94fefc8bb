import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { DATA_MAP, type DataClass } from './data-map.ts'
import { startTestDatabase, type TestDatabase } from './test-database.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await startTestDatabase()
})
afterAll(() => database.stop())

const CLASSES: DataClass[] = ['personal', 'link', 'secret', 'plain']

const columnsOf = (table: string, ...classes: DataClass[]): string[] =>
  classes.flatMap((one) => DATA_MAP[table]?.[one]?.split(' ') ?? [])

const catalogue = async (): Promise<Map<string, string[]>> => {
  const { rows } = await sql<{ table_name: string; columns: string[] }>`
    select c.table_name, array_agg(c.column_name::text) as columns
    from information_schema.columns c join information_schema.tables t using (table_schema, table_name)
    where c.table_schema = 'public' and t.table_type = 'BASE TABLE' and c.table_name <> 'schema_migrations'
    group by c.table_name
  `.execute(database.db.kysely)
  return new Map(rows.map(({ table_name: table, columns }) => [table, columns]))
}

/** Tables whose rows go with a user or an organization, also by way of others. */
const deletedWithOwner = async (): Promise<Set<string>> => {
  const { rows } = await sql<{ child: string }>`
    with recursive gone (child) as (
      values ('users'), ('organizations')
      union
      select conrelid::regclass::text from pg_constraint join gone on confrelid::regclass::text = gone.child
      where contype = 'f' and confdeltype = 'c'
    )
    select child from gone
  `.execute(database.db.kysely)
  return new Set(rows.map(({ child }) => child))
}

test('every column is said to be personal, a link, a secret or plain, and only one of them', async () => {
  const unsaid: string[] = []
  for (const [table, columns] of await catalogue()) {
    const said = columnsOf(table, ...CLASSES)
    expect(new Set(said).size, table).toBe(said.length)
    for (const column of columns) if (!said.includes(column)) unsaid.push(`${table}.${column}`)
  }
  expect(unsaid).toEqual([])
})

test('what tells of a person goes with the user or the organization, or it is said how', async () => {
  const owned = await deletedWithOwner()
  const left = [...(await catalogue()).keys()].filter(
    (table) =>
      columnsOf(table, 'personal', 'link', 'secret').length > 0 &&
      !owned.has(table) &&
      DATA_MAP[table]?.goes === undefined,
  )
  expect(left).toEqual([])
})

test('an e-mail address is personal wherever it is', async () => {
  for (const [table, columns] of await catalogue())
    for (const column of columns)
      if (/^(email|ip_address|user_agent|address)$/.test(column))
        expect(columnsOf(table, 'personal'), `${table}.${column}`).toContain(column)
})
