import { setTimeout as sleep } from 'node:timers/promises'
import type { LogPosition } from '@packages/shared/policy-log'
import { type Kysely, sql } from 'kysely'
import type { Tables } from '../tables.ts'

/** A gateway that was not heard for this long does not hold anybody up. */
export const GATEWAY_SILENCE_MS = 5_000
const MAX_POLL_MS = 40

/** A gateway tells how far all its workers have come; to be called on each step and at least every second. */
export const acknowledgePolicy = async (
  db: Kysely<Tables>,
  options: { sessionId: string; position: LogPosition },
): Promise<void> => {
  const { sessionId, position } = options
  await sql`
    /* prepared */ insert into gateway_sessions (id, acked_xid, acked_id, seen_at)
    values (${sessionId}, ${position.xid}::text::xid8, ${position.id}::text::bigint, clock_timestamp())
    on conflict (id) do update
      set acked_xid = excluded.acked_xid, acked_id = excluded.acked_id, seen_at = excluded.seen_at
  `.execute(db)
}

/** A gateway that stops is waited for no longer. Rows of killed ones, silent for a day, go as well. */
export const endGatewaySession = async (db: Kysely<Tables>, sessionId: string): Promise<void> => {
  await sql`
    delete from gateway_sessions where id = ${sessionId} or seen_at < now() - interval '1 day'
  `.execute(db)
}

/**
 * Waits until every live gateway has applied the policy log up to `position`; true at once when there is none.
 * @returns false when `timeoutMs` passed first: the change holds, but some gateway may not know of it yet (202)
 */
export const waitForGateways = async (
  db: Kysely<Tables>,
  position: LogPosition,
  timeoutMs: number,
  signal?: AbortSignal,
): Promise<boolean> => {
  const deadline = performance.now() + timeoutMs
  for (let pause = 4; ; pause = Math.min(pause * 1.5, MAX_POLL_MS)) {
    const { rows } = await sql<{ behind: boolean }>`
      select exists (
        select from gateway_sessions
        where seen_at > clock_timestamp() - make_interval(secs => ${GATEWAY_SILENCE_MS / 1_000})
          and (acked_xid, acked_id) < (${position.xid}::text::xid8, ${position.id}::text::bigint)
      ) as behind
    `.execute(db)
    if (!rows[0]?.behind) return true
    if (performance.now() + pause > deadline) return false
    await sleep(pause, undefined, { signal })
  }
}
