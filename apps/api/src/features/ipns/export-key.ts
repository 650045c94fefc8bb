import { exportIpnsKey } from '@packages/content/ipns/ipns-key-pair'
import type { TenantKeys } from '@packages/db/keys/tenant-keys'
import type { Database } from '@packages/db/open-database'
import { HoldfastError } from '@packages/shared/holdfast-error'
import type { z } from 'zod'
import type { Actor } from '../../authorization/actor.ts'
import { authorize } from '../../authorization/authorize.ts'
import { ownAccount } from '../auth/addresses/own-account.ts'
import { type IdentityInput, proveIdentity, type ProveIdentityDeps } from '../auth/confirmation/prove-identity.ts'
import { openSeed } from './open-key.ts'
import { keyRowOf } from './repository.ts'
import type { exportedKeySchema } from './schemas.ts'

export type ExportKeyDeps = ProveIdentityDeps & {
  db: Pick<Database, 'kysely' | 'unitOfWork'>
  tenantKeys: Pick<TenantKeys, 'open'>
}

/**
 * The private key in clear, for people alone who prove who they are and name the key that they mean: it is a lasting way to lead the name, for which a stolen session must not be
 * enough (ADR 0136). That it was shown stands in the audit log, with the answer's own transaction.
 * @throws HoldfastError `forbidden`, `invalid_credentials`, `not_found`, `invalid_request`
 */
export const exportKey = async (
  deps: ExportKeyDeps,
  actor: Actor | null,
  { id, confirm, ...input }: IdentityInput & { id: string; confirm: string },
): Promise<z.infer<typeof exportedKeySchema>> => {
  authorize(actor, 'ipns:export', {})
  const { organizationId, userId } = actor
  const proven = await proveIdentity(deps, await ownAccount(deps, actor), input)
  const { result } = await deps.db.unitOfWork.run(async (uow) => {
    const row = await keyRowOf(uow.tx, organizationId, id)
    const { name, label } = row
    if (confirm.trim() !== name)
      throw new HoldfastError('invalid_request', {
        fields: [{ path: 'confirm', message: 'is not the name of this key' }],
      })
    await proven.use(uow)
    const seed = await openSeed(uow.tx, deps.tenantKeys, row)
    uow.record({ kind: 'ipns.key-exported', organizationId, actorId: userId, subject: id, payload: { label, name } })
    return { name, privateKey: exportIpnsKey(seed).toString('base64') }
  })
  return { ...result, format: 'libp2p-protobuf-cleartext' }
}
