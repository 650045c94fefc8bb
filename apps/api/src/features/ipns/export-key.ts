import { exportIpnsKey } from '@packages/content/ipns/ipns-key-pair'
import type { TenantKeys } from '@packages/db/keys/tenant-keys'
import type { Database } from '@packages/db/open-database'
import { HoldfastError } from '@packages/shared/holdfast-error'
import type { z } from 'zod'
import type { Actor } from '../../authorization/actor.ts'
import { authorize } from '../../authorization/authorize.ts'
import { openSeed } from './open-key.ts'
import { keyRowOf } from './repository.ts'
import type { exportedKeySchema } from './schemas.ts'

export type ExportKeyDeps = { db: Pick<Database, 'unitOfWork'>; tenantKeys: Pick<TenantKeys, 'open'> }

/**
 * The private key in clear, for people alone who name the key that they mean. That it was shown stands in the audit log, with the answer's own transaction.
 * @throws HoldfastError `not_found`, `invalid_request`
 */
export const exportKey = async (
  { db, tenantKeys }: ExportKeyDeps,
  actor: Actor | null,
  { id, confirm }: { id: string; confirm: string },
): Promise<z.infer<typeof exportedKeySchema>> => {
  authorize(actor, 'ipns:export', {})
  const { organizationId, userId } = actor
  const { result } = await db.unitOfWork.run(async (uow) => {
    const row = await keyRowOf(uow.tx, organizationId, id)
    const { name, label } = row
    if (confirm.trim() !== name)
      throw new HoldfastError('invalid_request', {
        fields: [{ path: 'confirm', message: 'is not the name of this key' }],
      })
    const seed = await openSeed(uow.tx, tenantKeys, row)
    uow.record({ kind: 'ipns.key-exported', organizationId, actorId: userId, subject: id, payload: { label, name } })
    return { name, privateKey: exportIpnsKey(seed).toString('base64') }
  })
  return { ...result, format: 'libp2p-protobuf-cleartext' }
}
