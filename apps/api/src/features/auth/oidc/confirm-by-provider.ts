import type { Database } from '@packages/db/open-database'
import { HoldfastError } from '@packages/shared/holdfast-error'
import type { Actor } from '../../../authorization/actor.ts'
import type { Confirmations } from '../confirmation/confirmations.ts'
import { requireSession } from '../require-session.ts'
import { linkedSince, userOfSubject } from './linked-accounts.ts'
import { type Flow, redeemFlow, type RedeemDeps } from './redeem-callback.ts'

type IssuerDeps = { db: Pick<Database, 'kysely'>; issuer: string }

/** Whether the caller can show at the provider who they are. @returns their session @throws HoldfastError `forbidden`, `not_found` for who is not linked */
export const beginConfirm = async ({ db, issuer }: IssuerDeps, actor: Actor): Promise<string> => {
  const { userId, sessionId } = requireSession(actor)
  if ((await linkedSince(db.kysely, { issuer, userId })) === undefined)
    throw new HoldfastError('not_found', { detail: 'Your account is not linked to the sign-in provider.' })
  return sessionId
}

export type FinishConfirmDeps = IssuerDeps & RedeemDeps & { confirmations: Pick<Confirmations, 'make'> }

/**
 * A confirmation for the session that asked for it, when the person who has just signed in at the provider is the one whose account it is. It is worth a password: a second
 * factor of ours was not shown. @throws HoldfastError `sso_failed`, `sso_not_you`, `unavailable`
 */
export const finishConfirm = async (deps: FinishConfirmDeps, flow: Flow, sessionId: string): Promise<string> => {
  const { sub: subject } = await redeemFlow(deps, flow)
  const { db, issuer, confirmations } = deps
  const session = await db.kysely
    .selectFrom('sessions')
    .where('id', '=', sessionId)
    .where('expires_at', '>', new Date())
    .select('user_id')
    .executeTakeFirst()
  if (session === undefined) throw new HoldfastError('sso_failed')
  if ((await userOfSubject(db.kysely, { issuer, subject })) !== session.user_id) throw new HoldfastError('sso_not_you')
  return confirmations.make(sessionId, 'password')
}
