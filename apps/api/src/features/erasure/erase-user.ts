import { beginErasure } from '@packages/db/erasure/begin-erasure'
import type { UnitOfWorkContext } from '@packages/db/unit-of-work'
import { HoldfastError } from '@packages/shared/holdfast-error'
import { isUuid } from '@packages/shared/ids'
import type { Actor } from '../../authorization/actor.ts'
import { authorize } from '../../authorization/authorize.ts'
import { ownAccount } from '../auth/addresses/own-account.ts'
import { proveIdentity } from '../auth/confirmation/prove-identity.ts'
import { endSessions } from '../auth/sessions.ts'
import type { EraseOrganizationDeps, ErasureInput } from './erase-organization.ts'
import { makeReceiptToken } from './receipt-token.ts'
import { requireConfirmation } from './require-confirmation.ts'
import type { ErasureStarted } from './schemas.ts'

/**
 * Begins the erasure of a user, by themselves or by an operator, who prove who they are. Organizations without another member go with them; one
 * whose only owner they are has to get another owner first. Sessions and keys end with the answer.
 * @throws HoldfastError `forbidden`, `not_found`, `invalid_credentials`, `invalid_request`, `last_owner`, `conflict`
 */
export const eraseUser = async (
  deps: EraseOrganizationDeps,
  actor: Actor,
  userId: string,
  input: ErasureInput,
): Promise<ErasureStarted> => {
  const isSelf = userId === actor.userId
  authorize(actor, isSelf ? 'account:write' : 'tenants:erase')
  if (!isUuid(userId)) throw new HoldfastError('not_found')
  const proven = await proveIdentity(deps, await ownAccount(deps, actor), input)
  const { token, tokenHash } = makeReceiptToken()
  const { result } = await deps.db.unitOfWork.run(async (uow) => {
    const user = await uow.tx
      .selectFrom('users')
      .where('id', '=', userId)
      .select(['email', 'platform_role'])
      .forUpdate()
      .executeTakeFirst()
    if (user === undefined) throw new HoldfastError('not_found')
    requireConfirmation(input.confirm, user.email)
    await proven.use(uow)
    if (user.platform_role === 'operator') await requireAnotherOperator(uow, userId)
    const organizationIds = await ownOrganizations(uow, userId)
    const id = await beginErasure(uow, {
      kind: 'user',
      requestedBy: isSelf ? 'self' : 'operator',
      tokenHash,
      actorId: actor.userId,
      user: { id: userId, email: user.email },
      organizationIds,
    })
    const sessionIds = await endSessions(uow, userId, 'account-erased')
    return { id, sessionIds, organizationIds, keyIds: await endKeys(uow, userId) }
  })
  for (const sessionId of result.sessionIds) deps.authenticator.invalidate({ kind: 'session.revoked', sessionId })
  for (const apiKeyId of result.keyIds) deps.authenticator.invalidate({ kind: 'api-key.revoked', apiKeyId })
  for (const organizationId of result.organizationIds)
    deps.authenticator.invalidate({ kind: 'organization.changed', organizationId })
  deps.authenticator.invalidate({ kind: 'user.changed', userId })
  return { id: result.id, receiptToken: token }
}

/** Those without another member. Their rows are locked, so that nobody comes in meanwhile. @throws HoldfastError `last_owner` */
const ownOrganizations = async ({ tx }: UnitOfWorkContext, userId: string): Promise<string[]> => {
  const memberships = await tx
    .selectFrom('members as m')
    .innerJoin('organizations as o', 'o.id', 'm.organization_id')
    .where('m.user_id', '=', userId)
    .select(['o.id', 'm.role', 'o.name'])
    .orderBy('o.id')
    .forUpdate('o')
    .execute()
  const alone: string[] = []
  for (const { id, role, name } of memberships) {
    const others = await tx
      .selectFrom('members')
      .where('organization_id', '=', id)
      .where('user_id', '!=', userId)
      .select('role')
      .execute()
    if (others.length === 0) alone.push(id)
    else if (role === 'owner' && !others.some((other) => other.role === 'owner'))
      throw new HoldfastError('last_owner', { detail: `Make somebody else an owner of “${name}”, or erase it first.` })
  }
  return alone
}

/** Somebody has to be able to run the platform. */
const requireAnotherOperator = async ({ tx }: UnitOfWorkContext, userId: string): Promise<void> => {
  const others = await tx
    .selectFrom('users')
    .where('platform_role', '=', 'operator')
    .where('id', '!=', userId)
    .select('id')
    .forUpdate()
    .execute()
  if (others.length === 0) throw new HoldfastError('conflict', { detail: 'The platform keeps at least one operator.' })
}

const endKeys = async (uow: UnitOfWorkContext, userId: string): Promise<string[]> => {
  const keys = await uow.tx
    .updateTable('api_keys')
    .set({ revoked_at: new Date() })
    .where('user_id', '=', userId)
    .where('revoked_at', 'is', null)
    .returning('id')
    .execute()
  for (const { id } of keys) uow.policy({ kind: 'api-key.revoked', apiKeyId: id })
  return keys.map(({ id }) => id)
}
