import type { Database } from '@packages/db/open-database'

/** Tables that grow by asking alone. */
const BY_ASKING = ['audit_log', 'request_counts', 'usage_months', 'usage']

/** What is heard of nodes meanwhile, and how far the pins of a group that was changed have come, whoever asks. */
const BY_ITSELF: Record<string, string> = {
  groups: 'settle_after',
  nodes:
    'state state_reason state_since seen_at peer_id addresses version capacity_bytes used_bytes provide_queued provide_lag_seconds',
}

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
      `select md5(coalesce(string_agg(row::text, e'\\n' order by row::text), '')) as md5
       from (select to_jsonb(t) - $1::text[] as row from "${name}" t) r`,
      [BY_ITSELF[name]?.split(' ') ?? []],
    )
    picture[name] = rows[0]?.md5 ?? ''
  }
  return picture
}
