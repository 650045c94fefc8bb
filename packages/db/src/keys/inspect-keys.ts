import { UnsealError } from '@packages/runtime/sealing-key'
import type { Kysely } from 'kysely'
import type { Tables } from '../tables.ts'
import type { Keys } from './open-keys.ts'
import { MasterKeyUnavailableError } from './master-keys.ts'
import { RootKeyUnknownError } from './root-keys.ts'

export type KeyVersion = { version: number; held: boolean; createdAt: Date; tenants: number }

/** The versions of the master key, the newest first, and how many tenants' keys each wraps. More than one: a rotation is under way. */
export const keyVersions = async (
  db: Kysely<Tables>,
  { masterKeys }: Pick<Keys, 'masterKeys'>,
): Promise<KeyVersion[]> => {
  const held = await masterKeys.reload(db)
  const rows = await db
    .selectFrom('master_keys as m')
    .leftJoin('tenant_keys as t', 't.master_version', 'm.version')
    .select(({ fn }) => ['m.version', 'm.created_at', fn.count<string>('t.organization_id').as('tenants')])
    .groupBy(['m.version', 'm.created_at'])
    .orderBy('m.version', 'desc')
    .execute()
  return rows.map(({ version, created_at: createdAt, tenants }) => ({
    version,
    createdAt,
    held: held.some((one) => one.version === version),
    tenants: Number(tenants),
  }))
}

export type OpenedKeys = {
  tenants: number
  roots: number
  /** `tenant_keys/<organization>` or `root_keys/<organization>/<content>`. */
  closed: string[]
}

const BATCH = 500
const FIRST = '00000000-0000-0000-0000-000000000000'

/** Opens every tenant's and every root's key, and says which do not open. Needs no memory for those that do. */
export const openEveryKey = async (
  db: Kysely<Tables>,
  { tenantKeys, rootKeys }: Pick<Keys, 'tenantKeys' | 'rootKeys'>,
): Promise<OpenedKeys> => {
  const opened: OpenedKeys = { tenants: 0, roots: 0, closed: [] }
  for (let after: string | undefined = FIRST; after !== undefined; ) {
    const rows: { id: string }[] = await db
      .selectFrom('tenant_keys')
      .select('organization_id as id')
      .where('organization_id', '>', after)
      .orderBy('organization_id')
      .limit(BATCH)
      .execute()
    for (const { id } of rows)
      if (await opens(() => tenantKeys.open(db, id))) opened.tenants++
      else opened.closed.push(`tenant_keys/${id}`)
    after = rows.at(-1)?.id
  }
  for (let after: string | undefined = FIRST; after !== undefined; ) {
    const rows: { id: string; organization: string }[] = await db
      .selectFrom('root_keys')
      .select(['content_id as id', 'organization_id as organization'])
      .where('content_id', '>', after)
      .orderBy('content_id')
      .limit(BATCH)
      .execute()
    for (const { id, organization } of rows)
      if (await opens(() => rootKeys.openRootKey(db, organization, id))) opened.roots++
      else opened.closed.push(`root_keys/${organization}/${id}`)
    after = rows.at(-1)?.id
  }
  return opened
}

const opens = async (open: () => Promise<unknown>): Promise<boolean> => {
  try {
    await open()
    return true
  } catch (error) {
    if (
      error instanceof UnsealError ||
      error instanceof MasterKeyUnavailableError ||
      error instanceof RootKeyUnknownError
    )
      return false
    throw error
  }
}
