import type { Database } from '@packages/db/open-database'

/** Tables that grow by asking alone. */
const BY_ASKING = ['audit_log', 'request_counts', 'usage_months', 'usage']

/** A hash of each table's rows, to see afterwards that nothing was changed. */
export const pictureOf = async ({ pool }: Pick<Database, 'pool'>): Promise<Record<string, string>> => {
  const { rows: tables } = await pool.query<{ name: string }>(
    `select table_name as name from information_schema.tables
     where table_schema = 'public' and table_type = 'BASE TABLE' order by 1`,
  )
  const picture: Record<string, string> = {}
  for (const { name } of tables) {
    if (BY_ASKING.includes(name)) continue
    const { rows } = await pool.query<{ md5: string }>(
      `select md5(coalesce(string_agg(t::text, e'\\n' order by t::text), '')) as md5 from "${name}" t`,
    )
    picture[name] = rows[0]?.md5 ?? ''
  }
  return picture
}
