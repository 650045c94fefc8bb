import type { Database } from '@packages/db/open-database'
import { HoldfastError } from '@packages/shared/holdfast-error'
import { isUuid } from '@packages/shared/ids'
import type { Actor } from '../../authorization/actor.ts'
import { authorize } from '../../authorization/authorize.ts'
import type { Authenticator } from '../../plugins/authenticate/authenticator.ts'

export type RevokeApiKeyDeps = {
  db: Pick<Database, 'unitOfWork'>
  authenticator: Pick<Authenticator, 'invalidate'>
}

/** Makes a key stop working everywhere at once. @throws HoldfastError `not_found` for another tenant's or a revoked one */
export const revokeApiKey = async (deps: RevokeApiKeyDeps, actor: Actor, apiKeyId: string): Promise<void> => {
  authorize(actor, 'api-keys:revoke', { organizationId: actor.organizationId })
  if (!isUuid(apiKeyId)) throw new HoldfastError('not_found')
  await deps.db.unitOfWork.run(async (uow) => {
    const row = await uow.tx
      .selectFrom('api_keys')
      .where('id', '=', apiKeyId)
      .where('revoked_at', 'is', null)
      .select(['organization_id', 'user_id', 'name'])
      .forUpdate()
      .executeTakeFirst()
    if (row === undefined) throw new HoldfastError('not_found')
    const { organization_id: organizationId, user_id: userId } = row
    authorize(actor, 'api-keys:revoke', { organizationId, userId })
    await uow.tx.updateTable('api_keys').set({ revoked_at: new Date() }).where('id', '=', apiKeyId).execute()
    uow.policy({ kind: 'api-key.revoked', apiKeyId })
    const payload = { name: row.name }
    uow.record({ kind: 'api-key.revoked', organizationId, actorId: actor.userId, subject: apiKeyId, payload })
  })
  deps.authenticator.invalidate({ kind: 'api-key.revoked', apiKeyId })
}
