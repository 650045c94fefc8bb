import { UnsealError } from '@packages/runtime/sealing-key'
import { type Kysely, sql } from 'kysely'
import type { Tables } from '../tables.ts'
import type { HeldMasterKey, MasterKeys } from './master-keys.ts'
import { tenantKeyContext } from './tenant-keys.ts'

export type Rewrapped = {
  /** How many tenants' keys were wrapped anew. */
  tenants: number
  /** Organizations whose keys do not open: rows that were changed. They stay as they are. */
  damaged: string[]
}

const FIRST = '00000000-0000-0000-0000-000000000000'

export type Rewrapping = {
  masterKeys: MasterKeys
  target: HeldMasterKey
  batchSize: number
  /** Runs a batch: in a transaction of its own, or in the caller's. */
  inTransaction<T>(work: (tx: Kysely<Tables>) => Promise<T>): Promise<T>
}

/** Wraps by `target` every tenant's key that is under another version, in batches. @throws MasterKeyUnavailableError */
export const rewrapTenantKeys = async (rewrapping: Rewrapping): Promise<Rewrapped> => {
  const all: Rewrapped = { tenants: 0, damaged: [] }
  for (let after: string | undefined = FIRST; after !== undefined; ) {
    const from: string = after
    const batch = await rewrapping.inTransaction((tx) => rewrapBatch(tx, rewrapping, from))
    all.tenants += batch.tenants
    all.damaged.push(...batch.damaged)
    after = batch.last
  }
  return all
}

const rewrapBatch = async (
  tx: Kysely<Tables>,
  { masterKeys, target, batchSize }: Rewrapping,
  after: string,
): Promise<Rewrapped & { last: string | undefined }> => {
  const rows = await tx
    .selectFrom('tenant_keys')
    .select(['organization_id', 'wrapped', 'master_version'])
    .where('master_version', '<>', target.version)
    .where('organization_id', '>', after)
    .orderBy('organization_id')
    .limit(batchSize)
    .forUpdate()
    .execute()
  const anew: { id: string; wrapped: Buffer }[] = []
  const damaged: string[] = []
  for (const { organization_id: id, wrapped, master_version: version } of rows) {
    try {
      const key = await masterKeys.unwrap(tx, wrapped, version, tenantKeyContext(id, version))
      anew.push({ id, wrapped: target.key.seal(key, tenantKeyContext(id, target.version)) })
    } catch (error) {
      if (!(error instanceof UnsealError)) throw error
      damaged.push(id)
    }
  }
  if (anew.length > 0)
    await sql`
      update tenant_keys t set wrapped = x.wrapped, master_version = ${target.version}
      from unnest(${anew.map(({ id }) => id)}::uuid[], ${anew.map(({ wrapped }) => wrapped)}::bytea[]) as x (id, wrapped)
      where t.organization_id = x.id
    `.execute(tx)
  return { tenants: anew.length, damaged, last: rows.at(-1)?.organization_id }
}
