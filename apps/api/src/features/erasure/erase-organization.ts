import { beginErasure } from '@packages/db/erasure/begin-erasure'
import type { Database } from '@packages/db/open-database'
import { HoldfastError } from '@packages/shared/holdfast-error'
import { isUuid } from '@packages/shared/ids'
import type { Actor } from '../../authorization/actor.ts'
import { authorize } from '../../authorization/authorize.ts'
import type { Authenticator } from '../../plugins/authenticate/authenticator.ts'
import { ownAccount } from '../auth/addresses/own-account.ts'
import { type IdentityInput, proveIdentity, type ProveIdentityDeps } from '../auth/confirmation/prove-identity.ts'
import { requireConfirmation } from './require-confirmation.ts'
import { makeReceiptToken } from './receipt-token.ts'
import type { ErasureStarted } from './schemas.ts'

export type EraseOrganizationDeps = ProveIdentityDeps & {
  db: Pick<Database, 'kysely' | 'unitOfWork'>
  authenticator: Pick<Authenticator, 'invalidate'>
}

export type ErasureInput = IdentityInput & { confirm: string }

/**
 * Begins the erasure of an organization with all that it holds, by its owner or by an operator, who prove who they are. From the answer on
 * nobody can do anything in it; the rest goes on behind.
 * @throws HoldfastError `forbidden`, `not_found`, `invalid_credentials`, `invalid_request`, `conflict`
 */
export const eraseOrganization = async (
  deps: EraseOrganizationDeps,
  actor: Actor,
  organizationId: string,
  { by, ...input }: ErasureInput & { by: 'owner' | 'operator' },
): Promise<ErasureStarted> => {
  if (by === 'owner') authorize(actor, 'organization:erase', { organizationId })
  else authorize(actor, 'tenants:erase')
  if (!isUuid(organizationId)) throw new HoldfastError('not_found')
  const proven = await proveIdentity(deps, await ownAccount(deps, actor), input)
  const { token, tokenHash } = makeReceiptToken()
  const { result: id } = await deps.db.unitOfWork.run(async (uow) => {
    const row = await uow.tx
      .selectFrom('organizations')
      .where('id', '=', organizationId)
      .select('slug')
      .forUpdate()
      .executeTakeFirst()
    if (row === undefined) throw new HoldfastError('not_found')
    requireConfirmation(input.confirm, row.slug)
    await proven.use(uow)
    return beginErasure(uow, {
      kind: 'organization',
      requestedBy: by,
      tokenHash,
      actorId: actor.userId,
      user: null,
      organizationIds: [organizationId],
    })
  })
  deps.authenticator.invalidate({ kind: 'organization.changed', organizationId })
  return { id, receiptToken: token }
}
