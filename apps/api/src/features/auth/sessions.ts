import { hash, randomBytes, randomUUIDv7 } from 'node:crypto'
import type { UnitOfWorkContext } from '@packages/db/unit-of-work'
import { HoldfastError } from '@packages/shared/holdfast-error'
import { sql } from 'kysely'
import { hasSecondFactor } from './second-factor/has-second-factor.ts'
import { waitForSignIns } from './user-locks.ts'

/** A session, its cookie and its refresh family live this long from their last use. */
export const SESSION_SECONDS = 30 * 24 * 3600

export type SessionClient = { ipAddress: string; userAgent: string | undefined }

export type StartedSession = { sessionId: string; refreshToken: string }

export type SessionEnd =
  | 'signed-out'
  | 'refresh-token-reused'
  | 'revoked'
  | 'password-changed'
  | 'password-reset'
  | 'account-erased'
  | 'second-factor-changed'

/** What the person has shown: `second-factor` stands for a code, and for whatever is as strong as password and code together. */
export type Shown = 'password' | 'second-factor'

const expiry = (): Date => new Date(Date.now() + SESSION_SECONDS * 1000)

const hashRefreshToken = (token: string): Buffer => hash('sha256', token, 'buffer')

const addRefreshToken = async (uow: UnitOfWorkContext, sessionId: string): Promise<string> => {
  const token = `hfrt_${randomBytes(32).toString('base64url')}`
  await uow.tx
    .insertInto('refresh_tokens')
    .values({ id: randomUUIDv7(), session_id: sessionId, token_hash: hashRefreshToken(token), expires_at: expiry() })
    .execute()
  return token
}

/**
 * The row of a session as better-auth makes them; its token is what the cookie holds. The one gate of all ways to sign in: nobody who has a
 * second factor gets a session without it. @throws HoldfastError `second_factor_required`
 */
const insertSession = async (
  uow: UnitOfWorkContext,
  userId: string,
  { client, shown }: { client: SessionClient; shown: Shown },
): Promise<{ sessionId: string; token: string }> => {
  const session = { sessionId: randomUUIDv7(), token: randomBytes(24).toString('base64url') }
  await uow.tx
    .insertInto('sessions')
    .values({
      id: session.sessionId,
      user_id: userId,
      token: session.token,
      expires_at: expiry(),
      ip_address: client.ipAddress,
      user_agent: client.userAgent?.slice(0, 500) ?? null,
    })
    .execute()
  // After the insert, whose lock on the user a second factor that is being turned on waits for: it then ends this session.
  if (shown === 'password' && (await hasSecondFactor(uow.tx, userId))) throw new HoldfastError('second_factor_required')
  const subject = session.sessionId
  uow.record({ kind: 'session.created', organizationId: null, actorId: userId, subject, payload: { shown } })
  return session
}

/** A session with the first refresh token of its family. @throws HoldfastError `second_factor_required` */
export const startSession = async (
  uow: UnitOfWorkContext,
  userId: string,
  client: SessionClient,
  shown: Shown = 'password',
): Promise<StartedSession> => {
  const { sessionId } = await insertSession(uow, userId, { client, shown })
  return { sessionId, refreshToken: await addRefreshToken(uow, sessionId) }
}

/** A session for a browser: `token` goes into its cookie. @throws HoldfastError `second_factor_required` */
export const startCookieSession = (
  uow: UnitOfWorkContext,
  userId: string,
  client: SessionClient,
  shown: Shown = 'password',
): Promise<{ sessionId: string; token: string }> => insertSession(uow, userId, { client, shown })

/** Ends a session in all processes: its row with its refresh family, and what they remember of it. */
export const endSession = async (
  uow: UnitOfWorkContext,
  session: { sessionId: string; userId: string },
  reason: SessionEnd,
): Promise<void> => {
  const { sessionId, userId } = session
  const gone = await uow.tx.deleteFrom('sessions').where('id', '=', sessionId).returning('id').executeTakeFirst()
  if (gone === undefined) return
  uow.policy({ kind: 'session.revoked', sessionId })
  uow.record({
    kind: 'session.revoked',
    organizationId: null,
    actorId: userId,
    subject: sessionId,
    payload: { reason },
  })
}

/** Ends all sessions of a user, or all but one, with their refresh families; `by` the user, unless told. @returns those that ended */
export const endSessions = async (
  uow: UnitOfWorkContext,
  userId: string,
  reason: SessionEnd,
  except?: string,
  by: string | null = userId,
): Promise<string[]> => {
  await waitForSignIns(uow, userId)
  const gone = await uow.tx
    .deleteFrom('sessions')
    .where('user_id', '=', userId)
    .$if(except !== undefined, (query) => query.where('id', '!=', except ?? ''))
    .returning('id')
    .execute()
  for (const { id: sessionId } of gone) {
    uow.policy({ kind: 'session.revoked', sessionId })
    uow.record({
      kind: 'session.revoked',
      organizationId: null,
      actorId: by,
      subject: sessionId,
      payload: { reason },
    })
  }
  return gone.map(({ id }) => id)
}

export type Rotation =
  | { outcome: 'rotated'; userId: string; sessionId: string; refreshToken: string }
  | { outcome: 'reused'; sessionId: string }
  | { outcome: 'unknown' }

/**
 * Trades a refresh token for the next of its family. One that was used before ends the session: either its owner or a
 * thief holds the newer one, and we cannot tell who (RFC 9700, 4.14.2). The outcome is returned, not thrown, so that the end is committed.
 */
export const rotateRefreshToken = async (uow: UnitOfWorkContext, token: string): Promise<Rotation> => {
  const tokenHash = hashRefreshToken(token)
  // The session's lock orders two requests with one token: the second sees it used.
  const found = await uow.tx
    .selectFrom('refresh_tokens as r')
    .innerJoin('sessions as s', 's.id', 'r.session_id')
    .where('r.token_hash', '=', tokenHash)
    .where('s.expires_at', '>', sql<Date>`now()`)
    .select(['s.id as sessionId', 's.user_id as userId'])
    .forUpdate('s')
    .executeTakeFirst()
  if (found === undefined) return { outcome: 'unknown' }
  const { sessionId, userId } = found
  const { used_at, expires_at } = await uow.tx
    .selectFrom('refresh_tokens')
    .where('token_hash', '=', tokenHash)
    .select(['used_at', 'expires_at'])
    .executeTakeFirstOrThrow()
  if (used_at !== null) {
    await endSession(uow, found, 'refresh-token-reused')
    return { outcome: 'reused', sessionId }
  }
  if (expires_at.getTime() <= Date.now()) return { outcome: 'unknown' }
  await uow.tx.updateTable('refresh_tokens').set({ used_at: new Date() }).where('token_hash', '=', tokenHash).execute()
  await uow.tx
    .updateTable('sessions')
    .set({ expires_at: expiry(), updated_at: new Date() })
    .where('id', '=', sessionId)
    .execute()
  return { outcome: 'rotated', userId, sessionId, refreshToken: await addRefreshToken(uow, sessionId) }
}
