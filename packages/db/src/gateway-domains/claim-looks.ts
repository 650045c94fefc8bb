import { type Kysely, sql } from 'kysely'
import type { Row, Tables } from '../tables.ts'

/** A row whose DNS is to be looked at now, by whoever has claimed it. `at`: now, by the database's clock. */
export type ClaimedLook = Row<'gateway_domains'> & { at: Date }

export type LookIntervals = { servedEveryMs: number; waitingEveryMs: number }

const inMs = (ms: number) => sql`now() + make_interval(secs => ${ms / 1_000})`

/**
 * Those that are due, at most `limit`: first what is served, and of that last whose name servers have not answered, since they take the time of all who
 * are looked at with them, and have an hour. Each is due again after its interval, whatever becomes of the look.
 */
export const claimDueLooks = async (
  db: Kysely<Tables>,
  { limit, servedEveryMs, waitingEveryMs }: LookIntervals & { limit: number },
): Promise<ClaimedLook[]> => {
  const { rows } = await sql<ClaimedLook>`
    update gateway_domains
    set due_at = case when verified_at is null then ${inMs(waitingEveryMs)} else ${inMs(servedEveryMs)} end
    where id in (
      select id from gateway_domains
      where due_at <= now() and (verified_at is not null or watched_until > now())
      order by verified_at is null, failing_since is not null, due_at
      limit ${limit}
      for update skip locked
    )
    returning gateway_domains.*, now() as at
  `.execute(db)
  return rows
}

/** One row, because somebody asks for it; it is looked at by itself for a day from now on. */
export const claimLook = async (
  db: Kysely<Tables>,
  id: string,
  { servedEveryMs, watchMs }: { servedEveryMs: number; watchMs: number },
): Promise<ClaimedLook | undefined> => {
  const { rows } = await sql<ClaimedLook>`
    update gateway_domains
    set due_at = ${inMs(servedEveryMs)}, watched_until = ${inMs(watchMs)}
    where id = ${id}
    returning gateway_domains.*, now() as at
  `.execute(db)
  return rows[0]
}
