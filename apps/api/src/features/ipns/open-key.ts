import type { TenantKeys } from '@packages/db/keys/tenant-keys'
import { openColumn } from '@packages/db/sealed-columns'
import type { Tables } from '@packages/db/tables'
import type { Kysely } from 'kysely'
import type { KeyRow } from './repository.ts'

/** The seed of a key, for as long as something is signed with it. @throws MasterKeyUnavailableError, UnsealError */
export const openSeed = async (
  db: Kysely<Tables>,
  tenantKeys: Pick<TenantKeys, 'open'>,
  { id, organization_id: tenant, private_sealed: sealed }: KeyRow,
): Promise<Buffer> => {
  const key = await tenantKeys.open(db, tenant)
  return openColumn(key, { column: 'ipns_keys.private_sealed', row: id, tenant }, sealed)
}
