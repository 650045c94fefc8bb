import type { LogPosition } from '@packages/shared/policy-log'
import { type Kysely, sql } from 'kysely'
import type { Tables } from '../tables.ts'

export type WantedPurges = {
  caches: readonly string[]
  tags: readonly string[]
  /** How far gateways have to have come before. */
  position: LogPosition
  /** Before it is due. 0 by default. */
  delayMs?: number
}

/** Each of these caches is to let go what has any of these tags. What is wanted already is wanted anew, from its first round on. */
export const enqueuePurges = async (
  db: Kysely<Tables>,
  { caches, tags, position, delayMs = 0 }: WantedPurges,
): Promise<void> => {
  if (caches.length === 0 || tags.length === 0) return
  await sql`
    insert into cache_purges as p (cache, tag, after_xid, after_id, due_at)
    select cache, tag, ${position.xid}::text::xid8, ${position.id}::text::bigint,
      now() + make_interval(secs => ${delayMs / 1_000})
    from unnest(${[...new Set(caches)]}::text[]) as cache, unnest(${[...new Set(tags)].sort()}::text[]) as tag
    on conflict (cache, tag) do update set
      round = 1, version = p.version + 1, attempts = 0, due_at = excluded.due_at,
      (after_xid, after_id) = (
        select x, i from (values (p.after_xid, p.after_id), (excluded.after_xid, excluded.after_id)) as v (x, i)
        order by x desc, i desc limit 1)
  `.execute(db)
}
