import { randomUUIDv7 } from 'node:crypto'
import { ipnsKeyPair, newIpnsSeed } from '@packages/content/ipns/ipns-key-pair'
import type { TenantKeys } from '@packages/db/keys/tenant-keys'
import { lockSubject } from '@packages/db/lock-subject'
import type { Database } from '@packages/db/open-database'
import { isUniqueViolation } from '@packages/db/postgres-errors'
import { sealColumn } from '@packages/db/sealed-columns'
import { HoldfastError } from '@packages/shared/holdfast-error'
import type { Actor } from '../../authorization/actor.ts'
import { authorize } from '../../authorization/authorize.ts'
import type { RecordReply } from '../../plugins/idempotency/idempotent.ts'
import { presentKey, type PresentedKey } from './presenter.ts'
import { countKeys } from './repository.ts'

export type CreateKeyDeps = { db: Pick<Database, 'kysely' | 'unitOfWork'>; tenantKeys: Pick<TenantKeys, 'obtain'> }

/** Their records are told to the network again and again, and each costs a walk through it. */
export const MAX_KEYS = 100

/** Makes an Ed25519 key. Its private half is sealed by the organization's key and shown to nobody. @throws HoldfastError `already_exists`, `quota_exceeded` */
export const createKey = async (
  { db, tenantKeys }: CreateKeyDeps,
  actor: Actor | null,
  { label }: { label: string },
  recordReply: RecordReply,
): Promise<PresentedKey> => {
  authorize(actor, 'ipns:write', {})
  const { organizationId, userId } = actor
  const [id, seed] = [randomUUIDv7(), newIpnsSeed()]
  const { name } = ipnsKeyPair(seed)
  const { result } = await db.unitOfWork
    .run(async (uow) => {
      await lockSubject(uow.tx, `ipns keys of ${organizationId}`)
      if ((await countKeys(uow.tx, organizationId)) >= MAX_KEYS)
        throw new HoldfastError('quota_exceeded', { detail: `An organization has ${MAX_KEYS} keys at most.` })
      const tenantKey = await tenantKeys.obtain(uow.tx, organizationId)
      const place = { column: 'ipns_keys.private_sealed', row: id, tenant: organizationId } as const
      const row = await uow.tx
        .insertInto('ipns_keys')
        .values({
          id,
          organization_id: organizationId,
          user_id: userId,
          label,
          name,
          private_sealed: sealColumn(tenantKey, place, seed),
        })
        .returningAll()
        .executeTakeFirstOrThrow()
      uow.record({ kind: 'ipns.key-created', organizationId, actorId: userId, subject: id, payload: { label, name } })
      await recordReply(uow.tx, { status: 201, body: presentKey(row), subject: id })
      return row
    })
    .catch((error: unknown) => {
      if (isUniqueViolation(error, 'ipns_keys_organization_id_label_key'))
        throw new HoldfastError('already_exists', { detail: 'A key has this label.' })
      throw error
    })
  return presentKey(result)
}
