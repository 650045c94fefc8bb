import { type Kysely, sql } from 'kysely'
import { GATEWAY_SILENCE_MS } from '../policy-log/gateway-sessions.ts'
import type { Tables } from '../tables.ts'

export type DuePurge = { tag: string; version: number; round: number; attempts: number }

/**
 * What a cache can be asked to let go now, what is urgent first, and then the oldest: no gateway that lives gives the answers any more that it is about. Sooner would be for
 * nothing, since the cache would get them again.
 */
export const readDuePurges = async (db: Kysely<Tables>, cache: string, limit: number): Promise<DuePurge[]> => {
  const { rows } = await sql<DuePurge>`
    select tag, version, round, attempts from cache_purges p
    where cache = ${cache} and due_at <= now() and not exists (
      select from gateway_sessions s
      where s.seen_at > clock_timestamp() - make_interval(secs => ${GATEWAY_SILENCE_MS / 1_000})
        and (s.acked_xid, s.acked_id) < (p.after_xid, p.after_id))
    order by urgent desc, due_at, tag limit ${limit}
  `.execute(db)
  return rows
}

/**
 * The cache has let these go: after the first time they are due again, after `againMs`, and then they are done. What somebody else has settled meanwhile, or
 * wants anew, stays as it is.
 */
export const settlePurges = async (
  db: Kysely<Tables>,
  { cache, purges, againMs }: { cache: string; purges: readonly DuePurge[]; againMs: number },
): Promise<void> => {
  const listOf = (key: 'version' | 'round') => sql`${purges.map((purge) => purge[key])}::int[]`
  const tags = purges.map(({ tag }) => tag)
  await sql`
    with done as (
      select * from unnest(${tags}::text[], ${listOf('version')}, ${listOf('round')}) as done (tag, version, round)
    ), ended as (
      delete from cache_purges p using done
      where p.cache = ${cache} and (p.tag, p.version, p.round) = (done.tag, done.version, done.round) and done.round = 2)
    update cache_purges p
    set round = 2, attempts = 0, problem = null, due_at = now() + make_interval(secs => ${againMs / 1_000})
    from done
    where p.cache = ${cache} and (p.tag, p.version, p.round) = (done.tag, done.version, done.round) and done.round = 1
  `.execute(db)
}

/** The cache has not: they are tried again after `afterMs`, as often as it takes. */
export const postponePurges = async (
  db: Kysely<Tables>,
  { cache, purges, problem, afterMs }: { cache: string; purges: readonly DuePurge[]; problem: string; afterMs: number },
): Promise<void> => {
  await sql`
    update cache_purges
    set attempts = attempts + 1, problem = ${problem}, due_at = now() + make_interval(secs => ${afterMs / 1_000})
    where cache = ${cache} and tag = any(${purges.map(({ tag }) => tag)}::text[])
  `.execute(db)
}

/** Of all caches: what waits, and how many seconds the oldest has. Second rounds are no backlog. */
export const readPurgeFigures = async (
  db: Kysely<Tables>,
): Promise<{ pending: number; oldestSeconds: number; failing: number }> => {
  const { rows } = await sql<{ pending: number; oldestSeconds: number; failing: number }>`
    select count(*)::int as pending, count(*) filter (where attempts > 0)::int as failing,
      coalesce(extract(epoch from now() - min(created_at)), 0)::float8 as "oldestSeconds"
    from cache_purges where round = 1 or attempts > 0
  `.execute(db)
  return rows[0] ?? { pending: 0, oldestSeconds: 0, failing: 0 }
}
