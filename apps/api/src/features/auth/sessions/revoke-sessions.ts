import type { Database } from '@packages/db/open-database'
import { HoldfastError } from '@packages/shared/holdfast-error'
import { isUuid } from '@packages/shared/ids'
import type { Actor } from '../../../authorization/actor.ts'
import type { Authenticator } from '../../../plugins/authenticate/authenticator.ts'
import { requireSession } from '../require-session.ts'
import { endSession, endSessions } from '../sessions.ts'

export type RevokeSessionsDeps = {
  db: Pick<Database, 'unitOfWork'>
  authenticator: Pick<Authenticator, 'invalidate'>
}

/** Ends one of the caller's sessions. @throws HoldfastError `not_found` for one of somebody else or one that has ended */
export const revokeSession = async (deps: RevokeSessionsDeps, actor: Actor, sessionId: string): Promise<void> => {
  const { userId } = requireSession(actor)
  if (!isUuid(sessionId)) throw new HoldfastError('not_found')
  await deps.db.unitOfWork.run(async (uow) => {
    const own = await uow.tx
      .selectFrom('sessions')
      .where('id', '=', sessionId)
      .where('user_id', '=', userId)
      .select('id')
      .executeTakeFirst()
    if (own === undefined) throw new HoldfastError('not_found')
    await endSession(uow, { sessionId, userId }, 'revoked')
  })
  deps.authenticator.invalidate({ kind: 'session.revoked', sessionId })
}

/** Ends all of the caller's sessions but this one. @returns how many */
export const revokeOtherSessions = async (deps: RevokeSessionsDeps, actor: Actor): Promise<{ revoked: number }> => {
  const { userId, sessionId } = requireSession(actor)
  const { result: ended } = await deps.db.unitOfWork.run((uow) => endSessions(uow, userId, 'revoked', sessionId))
  for (const id of ended) deps.authenticator.invalidate({ kind: 'session.revoked', sessionId: id })
  return { revoked: ended.length }
}
