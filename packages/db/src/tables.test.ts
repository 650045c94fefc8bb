import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { sql } from 'kysely'
import ts from 'typescript'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestDatabase, type TestDatabase } from './test-database.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await startTestDatabase()
})
afterAll(() => database.stop())

type Column = { nullable: boolean; generated: boolean; type: string }

/** What the type says of each column, read from the source, as types are gone when a test runs. */
const declaredTables = async (): Promise<Record<string, Record<string, Column>>> => {
  const parts = (await readdir(join(import.meta.dirname, 'tables'))).map((name) => join('tables', name))
  const aliases = new Map<string, ts.TypeNode>()
  for (const file of ['tables.ts', ...parts]) {
    const text = await readFile(join(import.meta.dirname, file), 'utf8')
    for (const node of ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true).statements)
      if (ts.isTypeAliasDeclaration(node)) aliases.set(node.name.text, node.type)
  }
  return Object.fromEntries(
    members(aliases.get('Tables')).map(([table, reference]) => [
      table,
      Object.fromEntries(
        members(aliases.get(reference.getText())).map(([name, type]) => [name, columnOf(type.getText())]),
      ),
    ]),
  )
}

const members = (node: ts.TypeNode | undefined): [string, ts.TypeNode][] =>
  node && ts.isTypeLiteralNode(node)
    ? node.members.flatMap((member) =>
        ts.isPropertySignature(member) && member.type ? [[member.name.getText(), member.type]] : [],
      )
    : []

const columnOf = (text: string): Column => ({
  nullable: /\| null\b|^ColumnType<unknown,/.test(text),
  generated: /^(Generated|Identity)|undefined/.test(text),
  type: kindOf(text),
})

const kindOf = (text: string): string => {
  if (/Timestamp|Date/.test(text)) return 'date'
  if (/boolean/.test(text)) return 'boolean'
  if (/string\[\]/.test(text)) return 'list'
  if (/Buffer/.test(text)) return 'bytes'
  if (/Json|unknown/.test(text)) return 'json'
  if (/number|Identity/.test(text)) return 'number'
  return 'string'
}

const CATALOGUE_KINDS: Record<string, string> = {
  uuid: 'string',
  text: 'string',
  xid8: 'string',
  bool: 'boolean',
  int4: 'number',
  int8: 'number',
  date: 'string',
  timestamptz: 'date',
  jsonb: 'json',
  bytea: 'bytes',
  _text: 'list',
  _uuid: 'list',
}

test('the types say what the database says', async () => {
  const { rows } = await sql<{ table_name: string; column_name: string; type: string } & Column>`
    select table_name, column_name, udt_name as type, is_nullable = 'YES' as nullable,
      column_default is not null or is_identity = 'YES' as generated
    from information_schema.columns
    where table_schema = 'public' and table_name <> 'schema_migrations'
  `.execute(database.db.kysely)
  const catalogue: Record<string, Record<string, Column>> = {}
  for (const { table_name, column_name, type, nullable, generated } of rows) {
    const columns = (catalogue[table_name] ??= {})
    columns[column_name] = { nullable, generated, type: CATALOGUE_KINDS[type] ?? type }
  }
  const declared = await declaredTables()
  // A view's columns are all nullable to the catalogue.
  for (const view of ['pin_nodes', 'organization_limits'])
    for (const column of [...Object.values(catalogue[view] ?? {}), ...Object.values(declared[view] ?? {})])
      column.nullable = false
  expect(declared).toEqual(catalogue)
})

test('the views of the product have at least the columns that it was specified with', async () => {
  const { rows } = await sql<{ table_name: string; columns: string[] }>`
    select table_name, array_agg(column_name::text) as columns
    from information_schema.columns where table_schema = 'product' group by table_name
  `.execute(database.db.kysely)
  const specified: Record<string, string[]> = {
    users: ['id', 'email', 'password_hash', 'api_key', 'plan', 'storage_limit'],
    files: ['id', 'user_id', 'ipfs_hash', 'original_name', 'content_type', 'size', 'metadata'],
    pins: ['id', 'file_id', 'user_id', 'ipfs_hash', 'status', 'pin_date', 'replication_factor'],
    pin_nodes: ['id', 'pin_id', 'node_id', 'status', 'pinned_at', 'last_checked'],
  }
  const views = new Map(rows.map(({ table_name, columns }) => [table_name, columns]))
  for (const [view, columns] of Object.entries(specified))
    expect(views.get(view)).toEqual(expect.arrayContaining(columns))
})
