import { type Kysely, sql } from 'kysely'
import { DATA_MAP } from '../data-map.ts'
import type { Tables } from '../tables.ts'
import { EXPORT_RULES } from './export-rules.ts'

export type ExportOwner = { kind: 'user' | 'organization'; id: string }
export type ExportedPage = { table: string; rows: Record<string, unknown>[] }

const PAGE = 1_000

/** Columns that an export holds: all that the map knows, without secrets. */
export const exportedColumns = (table: string): string[] => {
  const { personal = '', link = '', plain = '' } = DATA_MAP[table] ?? {}
  // Where a request came from is sealed in the audit log; sessions tell it in clear.
  return [link, personal, plain]
    .join(' ')
    .split(' ')
    .filter((column) => column !== '' && !(table === 'audit_log' && column === 'client'))
}

/** The owner's rows of every table, page by page in the order of their keys: memory does not grow with them. */
export async function* exportRows(
  db: Kysely<Tables>,
  { kind, id }: ExportOwner,
  signal: AbortSignal,
): AsyncGenerator<ExportedPage> {
  const catalogue = await readCatalogue(db)
  for (const [table, { [kind]: owned }] of Object.entries(EXPORT_RULES)) {
    const known = catalogue.get(table)
    if (owned === undefined || known === undefined) continue
    const columns = exportedColumns(table).filter((column) => known.columns.has(column))
    const key = sql.join(known.key.map((column) => sql`t.${sql.ref(column)}`))
    for (let after: string[] | undefined; ; ) {
      signal.throwIfAborted()
      const from = after === undefined ? sql`true` : sql`(${key}) > (${sql.join(placed(known, after))})`
      const { rows } = await sql<{ row: Record<string, unknown>; key: string[] }>`
        select to_jsonb(x) - '_key' as row, x._key as key from (
          select ${sql.join(columns.map((column) => sql`t.${sql.ref(column)}`))},
            array[${sql.join(known.key.map((column) => sql`t.${sql.ref(column)}::text`))}] as _key
          from ${sql.table(table)} t where ${owned(id)} and ${from} order by ${key} limit ${PAGE}) x
      `.execute(db)
      const last = rows.at(-1)
      if (last === undefined) break
      after = last.key
      yield { table, rows: rows.map(({ row }) => row) }
      if (rows.length < PAGE) break
    }
  }
}

type Known = { columns: Set<string>; key: string[]; types: string[] }

const placed = ({ types }: Known, values: readonly string[]) =>
  values.map((value, index) => sql`${value}::text::${sql.raw(types[index] ?? 'text')}`)

const readCatalogue = async (db: Kysely<Tables>): Promise<Map<string, Known>> => {
  const { rows } = await sql<{ table: string; columns: string[]; key: string[]; types: string[] }>`
    select c.relname as "table",
      array(select attname::text from pg_attribute where attrelid = c.oid and attnum > 0 and not attisdropped) as columns,
      array(select a.attname::text from unnest(i.indkey) with ordinality k (n, o)
        join pg_attribute a on a.attrelid = c.oid and a.attnum = k.n order by k.o) as key,
      array(select format_type(a.atttypid, null) from unnest(i.indkey) with ordinality k (n, o)
        join pg_attribute a on a.attrelid = c.oid and a.attnum = k.n order by k.o) as types
    from pg_class c join pg_index i on i.indrelid = c.oid and i.indisprimary
    where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'
  `.execute(db)
  return new Map(rows.map(({ table, columns, key, types }) => [table, { columns: new Set(columns), key, types }]))
}
