import type { Database } from '@packages/db/open-database'
import { HoldfastError } from '@packages/shared/holdfast-error'
import type { Actor } from '../../../authorization/actor.ts'
import { requireSession } from '../require-session.ts'
import { holdUser } from '../user-locks.ts'
import { admitUserCode, noSuchCode, pendingByUserCode, type UserCodeDeps } from './find-by-user-code.ts'

export type DecideDeviceLoginDeps = UserCodeDeps & { db: Pick<Database, 'unitOfWork'> }

/**
 * Lets the program that waits with this code in as the caller, or turns it away; once, for whoever comes first.
 * @throws HoldfastError `forbidden` for an API key, `not_found`, `rate_limited`
 */
export const decideDeviceLogin = async (
  deps: DecideDeviceLoginDeps,
  actor: Actor,
  { userCode, ipAddress, state }: { userCode: string; ipAddress: string; state: 'approved' | 'denied' },
): Promise<void> => {
  const { userId, sessionId } = requireSession(actor)
  const userCodeHash = await admitUserCode(deps, { userCode, userId, ipAddress })
  await deps.db.unitOfWork.run(async (uow) => {
    await holdUser(uow, userId)
    // The caller's session may have ended while its credential was remembered; it cannot end now before this is committed.
    const session = await uow.tx
      .selectFrom('sessions')
      .where('id', '=', sessionId)
      .where('user_id', '=', userId)
      .select('id')
      .forKeyShare()
      .executeTakeFirst()
    if (session === undefined) throw new HoldfastError('invalid_token')
    const waiting = await pendingByUserCode(uow.tx, userCodeHash).select('id').forUpdate().executeTakeFirst()
    if (waiting === undefined) throw noSuchCode()
    await uow.tx
      .updateTable('device_logins')
      .set({ state, user_id: userId, session_id: sessionId })
      .where('id', '=', waiting.id)
      .execute()
    uow.record({
      kind: state === 'approved' ? 'device-login.approved' : 'device-login.denied',
      organizationId: null,
      actorId: userId,
      subject: waiting.id,
      payload: {},
    })
  })
}
