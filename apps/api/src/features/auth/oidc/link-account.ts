import type { Database } from '@packages/db/open-database'
import type { UnitOfWorkContext } from '@packages/db/unit-of-work'
import { HoldfastError } from '@packages/shared/holdfast-error'
import type { Actor } from '../../../authorization/actor.ts'
import { ownAccount } from '../addresses/own-account.ts'
import { type IdentityInput, proveIdentity, type ProveIdentityDeps } from '../confirmation/prove-identity.ts'
import type { Mailbox } from '../mailbox.ts'
import { judgeClaims, type OidcPolicy } from './judge-claims.ts'
import { insertLink, linkedSince, lockSubject, userOfSubject } from './linked-accounts.ts'
import { type Flow, redeemFlow, type RedeemDeps } from './redeem-callback.ts'

export type BeginLinkDeps = ProveIdentityDeps & { db: Pick<Database, 'kysely' | 'unitOfWork'>; issuer: string }

/** Never one of an operator: whoever runs the provider would run the platform (ADR 0099). */
const requireLinkable = (isOperator: boolean): void => {
  if (isOperator)
    throw new HoldfastError('forbidden', { detail: "An operator's account is opened by no sign-in provider." })
}

const linkedAlready = (): HoldfastError =>
  new HoldfastError('conflict', { detail: 'The account is opened by the sign-in provider already.' })

/**
 * Has somebody who is signed in show who they are again, before the provider is asked whom to link: a stolen session must not become a lasting way in.
 * @returns the session that the rest belongs to
 * @throws HoldfastError `forbidden`, `invalid_credentials`, `conflict`, `rate_limited`, `unavailable`
 */
export const beginLink = async (deps: BeginLinkDeps, actor: Actor, input: IdentityInput): Promise<string> => {
  const account = await ownAccount(deps, actor)
  requireLinkable(actor.platformRole === 'operator')
  const proven = await proveIdentity(deps, account, input)
  const { userId, sessionId } = account
  if ((await linkedSince(deps.db.kysely, { issuer: deps.issuer, userId })) !== undefined) throw linkedAlready()
  await deps.db.unitOfWork.run(proven.use)
  return sessionId
}

export type FinishLinkDeps = RedeemDeps & {
  db: Pick<Database, 'unitOfWork'>
  issuer: string
  policy: OidcPolicy
  mailbox: Mailbox | null
}

/**
 * Links whom the provider speaks of to the account of the session that asked for it. Its owner is told.
 * @throws HoldfastError `sso_failed` (also when the session has ended), `sso_not_allowed`, `sso_linked_elsewhere`, `conflict`, `forbidden`, `unavailable`
 */
export const finishLink = async (deps: FinishLinkDeps, flow: Flow, sessionId: string): Promise<void> => {
  const judgement = judgeClaims(await redeemFlow(deps, flow), deps.policy)
  if ('refused' in judgement) throw new HoldfastError(judgement.refused)
  const { issuer, mailbox } = deps
  const { subject } = judgement.admitted
  await deps.db.unitOfWork.run(async (uow) => {
    await lockSubject(uow, { issuer, subject })
    const user = await userOfSession(uow, sessionId)
    if (user === undefined) throw new HoldfastError('sso_failed')
    const { id: userId, email, platform_role } = user
    requireLinkable(platform_role === 'operator')
    const opens = await userOfSubject(uow.tx, { issuer, subject })
    if (opens === userId) return
    if (opens !== undefined) throw new HoldfastError('sso_linked_elsewhere')
    if ((await linkedSince(uow.tx, { issuer, userId })) !== undefined) throw linkedAlready()
    await insertLink(uow, { issuer, subject, userId })
    uow.record({
      kind: 'oidc.linked',
      organizationId: null,
      actorId: userId,
      subject: userId,
      payload: { by: 'session' },
    })
    mailbox?.post(uow, { to: email, content: { template: 'oidc-linked', link: mailbox.link('security') } })
  })
}

/** Held, so that of two subjects that come for an account at once one is linked. */
const userOfSession = ({ tx }: UnitOfWorkContext, sessionId: string) =>
  tx
    .selectFrom('users as u')
    .innerJoin('sessions as s', 's.user_id', 'u.id')
    .where('s.id', '=', sessionId)
    .where('s.expires_at', '>', new Date())
    .select(['u.id', 'u.email', 'u.platform_role'])
    .forNoKeyUpdate('u')
    .executeTakeFirst()
