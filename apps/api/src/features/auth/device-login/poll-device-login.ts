import type { Database } from '@packages/db/open-database'
import type { UnitOfWorkContext } from '@packages/db/unit-of-work'
import { HoldfastError } from '@packages/shared/holdfast-error'
import { sql } from 'kysely'
import type { AccessTokens } from '../../../plugins/authenticate/access-tokens.ts'
import { type SessionClient, startSession } from '../sessions.ts'
import type { TokenPair } from '../token-pair.ts'
import { holdUser } from '../user-locks.ts'
import { hashOfDeviceCode } from './code-hashes.ts'

export type PollDeviceLoginDeps = {
  db: Pick<Database, 'kysely' | 'unitOfWork'>
  accessTokens: Pick<AccessTokens, 'issue'>
}

/** What the network may shorten an interval by. */
const SLACK_SECONDS = 1
/** Each poll that comes too soon makes the interval longer (RFC 8628, 3.5), up to this. */
const STEP_SECONDS = 5
const MAX_INTERVAL_SECONDS = 60

type Waiting = { id: string; state: 'pending' | 'approved' | 'denied'; userId: string | null; tooSoon: boolean }

/** Counts the poll. The row's lock orders those that come at once. */
const notePoll = async ({ db }: Pick<PollDeviceLoginDeps, 'db'>, hash: Buffer): Promise<Waiting | undefined> => {
  const { rows } = await sql<Waiting>`
    with before as (
      select id, last_polled_at + (interval_seconds - ${SLACK_SECONDS}) * interval '1 second' > now() as too_soon
      from device_logins where device_code_hash = ${hash} and expires_at > now() for update
    )
    update device_logins d set
      last_polled_at = now(),
      interval_seconds = case when coalesce(too_soon, false)
        then least(interval_seconds + ${STEP_SECONDS}, ${MAX_INTERVAL_SECONDS}) else interval_seconds end
    from before where d.id = before.id
    returning d.id, d.state, d.user_id as "userId", coalesce(before.too_soon, false) as "tooSoon"
  `.execute(db.kysely)
  return rows[0]
}

/**
 * Uses the approval up: of many that race with one code, one gets here. The user's lock goes first, as in whatever ends sessions: the
 * approval is gone with its session then, or the new session is there to be ended with the others.
 */
const take = async (uow: UnitOfWorkContext, { id, userId }: Waiting) => {
  if (userId === null) return undefined
  await holdUser(uow, userId)
  return uow.tx
    .deleteFrom('device_logins')
    .where('id', '=', id)
    .where('state', '=', 'approved')
    .where('expires_at', '>', sql<Date>`now()`)
    .where((where) =>
      where.exists(
        where
          .selectFrom('sessions as s')
          .whereRef('s.id', '=', 'device_logins.session_id')
          .where('s.expires_at', '>', sql<Date>`now()`)
          .select('s.id'),
      ),
    )
    .returning(['user_id', 'client_name'])
    .executeTakeFirst()
}

/** How the session list shows it. */
const nameOf = (clientName: string, userAgent: string | undefined): string =>
  userAgent === undefined ? clientName : `${clientName} (${userAgent})`

/**
 * Asks whether the program was let in, and gives it its tokens, once.
 * @throws HoldfastError `authorization_pending`, `slow_down`, `access_denied`, `expired_token` (or used, or never given out)
 */
export const pollDeviceLogin = async (
  deps: PollDeviceLoginDeps,
  { deviceCode, client }: { deviceCode: string; client: SessionClient },
): Promise<TokenPair> => {
  const waiting = await notePoll(deps, hashOfDeviceCode(deviceCode))
  if (waiting === undefined) throw new HoldfastError('expired_token')
  if (waiting.state === 'denied') throw new HoldfastError('access_denied')
  if (waiting.state === 'pending') throw new HoldfastError(waiting.tooSoon ? 'slow_down' : 'authorization_pending')
  const { result } = await deps.db.unitOfWork.run(async (uow) => {
    const approval = await take(uow, waiting)
    if (approval === undefined || approval.user_id === null) return undefined
    const { user_id: userId, client_name: clientName } = approval
    const named = { ...client, userAgent: nameOf(clientName, client.userAgent) }
    // The session that approved has shown what the account asks for, or it would not be (ADR 0097).
    return { userId, ...(await startSession(uow, userId, named, 'second-factor')) }
  })
  if (result === undefined) throw new HoldfastError('expired_token')
  const { userId, sessionId, refreshToken } = result
  return { ...(await deps.accessTokens.issue({ userId, sessionId })), refreshToken, tokenType: 'Bearer' }
}
