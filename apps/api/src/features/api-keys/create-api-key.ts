import { randomUUIDv7 } from 'node:crypto'
import type { Database } from '@packages/db/open-database'
import { HoldfastError } from '@packages/shared/holdfast-error'
import type { Actor } from '../../authorization/actor.ts'
import { authorize } from '../../authorization/authorize.ts'
import { DEFAULT_GRANTS } from '../../authorization/scopes.ts'
import { makeApiKey } from '../../plugins/authenticate/api-key-format.ts'
import type { RecordReply } from '../../plugins/idempotency/idempotent.ts'
import { type ApiKey, type NewApiKey, presentApiKey } from './api-key-schema.ts'

export type CreateApiKeyDeps = { db: Pick<Database, 'unitOfWork'> }

const expiryOf = (text: string | undefined): Date | null => {
  if (text === undefined) return null
  const expiresAt = new Date(text)
  if (expiresAt.getTime() > Date.now()) return expiresAt
  throw new HoldfastError('invalid_request', { fields: [{ path: 'expiresAt', message: 'lies in the past' }] })
}

/** A key of the caller in the request's organization. The key itself is answered here once and never stored. */
export const createApiKey = async (
  deps: CreateApiKeyDeps,
  actor: Actor,
  input: NewApiKey,
  record: RecordReply,
): Promise<ApiKey & { key: string }> => {
  const { organizationId, userId } = actor
  authorize(actor, 'api-keys:create', { organizationId, userId })
  const { key, prefix, hash } = makeApiKey()
  const expiresAt = expiryOf(input.expiresAt)
  const { result } = await deps.db.unitOfWork.run(async (uow) => {
    const row = await uow.tx
      .insertInto('api_keys')
      .values({
        id: randomUUIDv7(),
        organization_id: organizationId,
        user_id: userId,
        name: input.name,
        prefix,
        hash,
        scopes: [...new Set(input.scopes ?? DEFAULT_GRANTS)],
        expires_at: expiresAt,
        max_uses: input.maxUses ?? null,
        allowed_addresses: [...new Set(input.allowedAddresses ?? [])],
      })
      .returningAll()
      .executeTakeFirstOrThrow()
    uow.record({
      kind: 'api-key.created',
      organizationId,
      actorId: userId,
      subject: row.id,
      payload: { name: row.name, scopes: row.scopes },
    })
    await record(uow.tx, { status: 201, body: null, subject: row.id })
    return row
  })
  return { ...presentApiKey(result), key }
}
