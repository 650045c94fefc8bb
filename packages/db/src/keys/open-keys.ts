import { randomBytes } from 'node:crypto'
import { MasterKey } from '@packages/runtime/master-key'
import { KEY_BYTES } from '@packages/runtime/sealing-key'
import type { MasterKeySource } from '@packages/runtime/master-keys/master-key-source'
import { StartError } from '@packages/runtime/start-error'
import { type Kysely, sql } from 'kysely'
import type { Tables } from '../tables.ts'
import { MasterKeys, wrapSecret } from './master-keys.ts'
import { RootKeys } from './root-keys.ts'
import { TenantKeys } from './tenant-keys.ts'

/** The keys of an installation, opened. */
export type Keys = {
  /** Derives the platform's own keys, and seals what belongs to no tenant. */
  masterKey: MasterKey
  masterKeys: MasterKeys
  tenantKeys: TenantKeys
  rootKeys: RootKeys
  /** false: the master key that was given is not the one of this database. */
  fits: boolean
}

export type OpenKeysOptions = {
  kysely: Kysely<Tables>
  source: MasterKeySource
  /** Makes what is not there yet: of the process that migrates, under the data folder's lock. */
  create: boolean
}

/** Any number, the same in every process that makes keys ("keys" in ASCII). */
const ADVISORY_LOCK = 0x6b657973

/** @returns whether there is a version of the master key now */
const hasVersion = async (db: Kysely<Tables>): Promise<boolean> =>
  (await db.selectFrom('master_keys').select('version').limit(1).executeTakeFirst()) !== undefined

/** An installation of a release without a hierarchy: its master key is what its keys and sealed rows come from. */
const wasStartedBefore = async (db: Kysely<Tables>): Promise<boolean> =>
  (await db.selectFrom('signing_keys').select('kid').limit(1).executeTakeFirst()) !== undefined

const missing = ({ place }: MasterKeySource): string => `The master key is missing: put ${place} back from its backup`

/** The first version, and the first key where we keep it ourselves. */
const createFirst = (kysely: Kysely<Tables>, source: MasterKeySource): Promise<void> =>
  kysely.transaction().execute(async (tx) => {
    await sql`select pg_advisory_xact_lock(${ADVISORY_LOCK})`.execute(tx)
    if (await hasVersion(tx)) return
    const old = await wasStartedBefore(tx)
    // A new key would hide that the one is lost under which this database's secrets are.
    if (!old && (await source.read()).length === 0) await source.write?.([randomBytes(KEY_BYTES)])
    const [newest, before = newest] = await source.read()
    if (newest === undefined || before === undefined) throw new StartError(missing(source))
    const secret = old ? before : randomBytes(KEY_BYTES)
    await tx
      .insertInto('master_keys')
      .values({ version: 1, secret_wrapped: wrapSecret(newest, 1, secret) })
      .execute()
  })

/**
 * Reads the master key and opens what hangs on it. Where the key is not the one of this database, the platform's own keys come
 * from the key alone and tenants' keys stay shut: it starts, as it does on any foreign database, and `fits` tells it.
 * @throws StartError when there is no master key
 */
export const openKeys = async ({ kysely, source, create }: OpenKeysOptions): Promise<Keys> => {
  if (create) await createFirst(kysely, source)
  const masterKeys = new MasterKeys(source)
  await masterKeys.reload(kysely)
  const fits = masterKeys.held.length > 0
  if (!fits && !(await hasVersion(kysely)))
    throw new StartError('The keys of this database are not made yet: start the role api first')
  const [given] = await source.read()
  if (given === undefined) throw new StartError(missing(source))
  const tenantKeys = new TenantKeys(masterKeys)
  const masterKey = new MasterKey(fits ? masterKeys.secret : given)
  return { masterKey, masterKeys, tenantKeys, rootKeys: new RootKeys(tenantKeys), fits }
}
