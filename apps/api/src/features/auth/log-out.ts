import type { Database } from '@packages/db/open-database'
import { HoldfastError } from '@packages/shared/holdfast-error'
import type { Actor } from '../../authorization/actor.ts'
import type { Authenticator } from '../../plugins/authenticate/authenticator.ts'
import type { RecordReply } from '../../plugins/idempotency/idempotent.ts'
import { endSession } from './sessions.ts'

export type LogOutDeps = { db: Pick<Database, 'unitOfWork'>; authenticator: Pick<Authenticator, 'invalidate'> }

/** Ends the caller's session, its access tokens and its refresh family. @throws HoldfastError `forbidden` for an API key */
export const logOut = async (deps: LogOutDeps, actor: Actor, record: RecordReply): Promise<void> => {
  const { sessionId, userId } = actor
  if (sessionId === undefined) throw new HoldfastError('forbidden', { detail: 'An API key has no session to end.' })
  await deps.db.unitOfWork.run(async (uow) => {
    await endSession(uow, { sessionId, userId }, 'signed-out')
    await record(uow.tx, { status: 204, body: null, subject: sessionId })
  })
  deps.authenticator.invalidate({ kind: 'session.revoked', sessionId })
}
