import type { Database } from '@packages/db/open-database'
import { HoldfastError } from '@packages/shared/holdfast-error'
import { isUuid } from '@packages/shared/ids'
import type { Actor } from '../../authorization/actor.ts'
import { authorize } from '../../authorization/authorize.ts'
import { makeApiKey } from '../../plugins/authenticate/api-key-format.ts'
import type { Authenticator } from '../../plugins/authenticate/authenticator.ts'
import type { RecordReply } from '../../plugins/idempotency/idempotent.ts'
import { type ApiKey, presentApiKey } from './api-key-schema.ts'

export type RotateApiKeyDeps = {
  db: Pick<Database, 'unitOfWork'>
  authenticator: Pick<Authenticator, 'invalidate'>
}

/**
 * Gives a key a new secret. The one before works on for `graceSeconds`; one that is older ends at once.
 * @throws HoldfastError `not_found` for another tenant's, a revoked or an expired one
 */
export const rotateApiKey = async (
  deps: RotateApiKeyDeps,
  actor: Actor,
  input: { id: string; graceSeconds: number },
  record: RecordReply,
): Promise<ApiKey & { key: string }> => {
  const { id, graceSeconds } = input
  authorize(actor, 'api-keys:create', { organizationId: actor.organizationId })
  if (!isUuid(id)) throw new HoldfastError('not_found')
  const { key, prefix, hash } = makeApiKey()
  const now = Date.now()
  const { result } = await deps.db.unitOfWork.run(async (uow) => {
    const row = await uow.tx
      .selectFrom('api_keys')
      .where('id', '=', id)
      .where('revoked_at', 'is', null)
      .where((where) => where.or([where('expires_at', 'is', null), where('expires_at', '>', new Date(now))]))
      .selectAll()
      .forUpdate()
      .executeTakeFirst()
    if (row === undefined) throw new HoldfastError('not_found')
    const { organization_id: organizationId, user_id: userId } = row
    authorize(actor, 'api-keys:create', { organizationId, userId })
    const kept = graceSeconds > 0
    const rotated = await uow.tx
      .updateTable('api_keys')
      .set({
        hash,
        prefix,
        rotated_at: new Date(now),
        previous_hash: kept ? row.hash : null,
        previous_expires_at: kept ? new Date(now + graceSeconds * 1_000) : null,
      })
      .where('id', '=', id)
      .returningAll()
      .executeTakeFirstOrThrow()
    uow.policy({ kind: 'api-key.changed', apiKeyId: id })
    const payload = { name: row.name, graceSeconds }
    uow.record({ kind: 'api-key.rotated', organizationId, actorId: actor.userId, subject: id, payload })
    await record(uow.tx, { status: 200, body: null, subject: id })
    return rotated
  })
  deps.authenticator.invalidate({ kind: 'api-key.changed', apiKeyId: id })
  return { ...presentApiKey(result), key }
}
