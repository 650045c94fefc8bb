import { TAG_OF_ALL } from '@packages/shared/cache-tags'
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
  /** Goes before what is not. False by default. */
  isUrgent?: boolean
}

/** Tags that may wait for a cache. Where there are more it lets go all: sooner than one by one, for a cache that takes few purges a minute, and in one row. */
const MAX_WAITING = 1_000

/** From its first round on, when gateways have come as far as for both. */
const wantedAnew = sql`
  round = 1, version = p.version + 1, attempts = 0, due_at = excluded.due_at, urgent = p.urgent or excluded.urgent,
  (after_xid, after_id) = (
    select x, i from (values (p.after_xid, p.after_id), (excluded.after_xid, excluded.after_id)) as v (x, i)
    order by x desc, i desc limit 1)`

/** Each of these caches is to let go what has any of these tags. What is wanted already is wanted anew, from its first round on. */
export const enqueuePurges = async (
  db: Kysely<Tables>,
  { caches, tags, position, delayMs = 0, isUrgent = false }: WantedPurges,
): Promise<void> => {
  if (caches.length === 0 || tags.length === 0) return
  await sql`
    insert into cache_purges as p (cache, tag, after_xid, after_id, urgent, due_at)
    select cache, tag, ${position.xid}::text::xid8, ${position.id}::text::bigint,
      ${isUrgent}::boolean, now() + make_interval(secs => ${delayMs / 1_000})
    from unnest(${[...new Set(caches)]}::text[]) as cache, unnest(${[...new Set(tags)].sort()}::text[]) as tag
    on conflict (cache, tag) do update set ${wantedAnew}
  `.execute(db)
  await shortenBacklogs(db, caches)
}

/** What waits in too many rows goes for one row of all. Second rounds are no backlog, but go with it. A row that is being settled just now is left to that. */
const shortenBacklogs = async (db: Kysely<Tables>, caches: readonly string[]): Promise<void> => {
  await sql`
    with long as (
      select cache, urgent from cache_purges
      where cache = any(${[...caches]}::text[]) and (round = 1 or attempts > 0)
      group by cache, urgent having count(*) > ${MAX_WAITING}
    ), waiting as (
      select cache, tag, urgent, after_xid, after_id, created_at from cache_purges join long using (cache, urgent)
      where tag <> ${TAG_OF_ALL} for update of cache_purges skip locked
    ), gone as (
      delete from cache_purges p using waiting w where (p.cache, p.tag) = (w.cache, w.tag)
    ), last as (
      select distinct on (cache) cache, after_xid, after_id,
        bool_or(urgent) over (partition by cache) as urgent, min(created_at) over (partition by cache) as created_at
      from waiting order by cache, after_xid desc, after_id desc
    )
    insert into cache_purges as p (cache, tag, after_xid, after_id, urgent, created_at)
    select cache, ${TAG_OF_ALL}, after_xid, after_id, urgent, created_at from last
    on conflict (cache, tag) do update set ${wantedAnew}
  `.execute(db)
}
