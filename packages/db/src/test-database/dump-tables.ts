import { sql } from 'kysely'
import type { Database } from '../open-database.ts'

/** Every row of every table, ours and the job queue's, as text by table; bytes are in hexadecimal. */
export const dumpTables = async ({ kysely }: Pick<Database, 'kysely'>): Promise<Map<string, string[]>> => {
  const { rows: tables } = await sql<{ schema: string; name: string }>`
    select n.nspname as schema, c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname in ('public', 'jobs') and c.relkind in ('r', 'p') and not c.relispartition order by 1, 2
  `.execute(kysely)
  const dump = new Map<string, string[]>()
  for (const { schema, name } of tables) {
    const { rows } = await sql<{
      text: string
    }>`select t::text as text from ${sql.table(`${schema}.${name}`)} t`.execute(kysely)
    dump.set(`${schema}.${name}`, rows.map(({ text }) => text).toSorted())
  }
  return dump
}

/** Tables in which one of the words is, in whatever case, as text or as the hexadecimal of bytes. */
export const tablesWith = (dump: ReadonlyMap<string, readonly string[]>, words: readonly string[]): string[] => {
  const wanted = words.flatMap((word) => [word.toLowerCase(), Buffer.from(word).toString('hex')])
  return [...dump].flatMap(([table, rows]) =>
    rows.some((row) => wanted.some((word) => row.toLowerCase().includes(word))) ? [table] : [],
  )
}
