import { randomBytes } from 'node:crypto'
import { KEY_BYTES, SealingKey } from '@packages/runtime/sealing-key'
import type { Kysely, Transaction } from 'kysely'
import { PREPARED } from '../prepared-statements.ts'
import type { Tables } from '../tables.ts'
import { type MasterKeys, MasterKeyUnavailableError } from './master-keys.ts'

/** The tenant has no key: it was destroyed, or there never was one. */
export class TenantKeyUnknownError extends Error {
  override readonly name = 'TenantKeyUnknownError'
}

export const tenantKeyContext = (organizationId: string, version: number): string =>
  `tenant_keys/${organizationId}/${version}`

/** Each tenant's key: seals what is the tenant's alone, and wraps the keys of its private roots. None is kept in memory. */
export class TenantKeys {
  readonly #masterKeys: MasterKeys

  constructor(masterKeys: MasterKeys) {
    this.#masterKeys = masterKeys
  }

  /**
   * The tenant's key, made where there is none. Of several that make one at once, the first to commit wins and the others
   * wait for it. @throws MasterKeyUnavailableError, UnsealError
   */
  async obtain(db: Kysely<Tables>, organizationId: string): Promise<SealingKey> {
    const found = await this.#find(db, organizationId)
    if (found !== undefined) return found
    // The version that wraps it is held until the row is there: a rotation would take it away in between.
    await (db.isTransaction
      ? this.#make(db, organizationId)
      : db.transaction().execute((tx) => this.#make(tx, organizationId)))
    return this.open(db, organizationId)
  }

  async #make(tx: Kysely<Tables>, organizationId: string): Promise<void> {
    const { wrapped, version } = await this.#masterKeys.wrap(tx, randomBytes(KEY_BYTES), (master) =>
      tenantKeyContext(organizationId, master),
    )
    await tx
      .insertInto('tenant_keys')
      .values({ organization_id: organizationId, wrapped, master_version: version })
      .onConflict((conflict) => conflict.column('organization_id').doNothing())
      .execute()
  }

  /** @throws TenantKeyUnknownError, MasterKeyUnavailableError, UnsealError */
  async open(db: Kysely<Tables>, organizationId: string): Promise<SealingKey> {
    const found = await this.#find(db, organizationId)
    if (found === undefined) throw new TenantKeyUnknownError(`no key of the organization ${organizationId}`)
    return found
  }

  /** A row's key. @throws MasterKeyUnavailableError, UnsealError */
  async unwrap(
    db: Kysely<Tables>,
    { organizationId, wrapped, version }: { organizationId: string; wrapped: Uint8Array; version: number },
  ): Promise<SealingKey> {
    return new SealingKey(
      await this.#masterKeys.unwrap(db, wrapped, version, tenantKeyContext(organizationId, version)),
      'holdfast/tenant/v1',
    )
  }

  /** Erasure: what this key sealed opens never again. Needs its root keys gone first. */
  async destroy(tx: Transaction<Tables>, organizationId: string): Promise<void> {
    await tx.deleteFrom('tenant_keys').where('organization_id', '=', organizationId).execute()
  }

  /** Reads the master keys again; see `MasterKeys.reload`. */
  async reloadMasterKeys(db: Kysely<Tables>): Promise<void> {
    await this.#masterKeys.reload(db)
  }

  async #find(db: Kysely<Tables>, organizationId: string): Promise<SealingKey | undefined> {
    return rereadWhenRotated(async () => {
      const row = await db
        .selectFrom('tenant_keys')
        .select(['wrapped', 'master_version'])
        .where('organization_id', '=', organizationId)
        .modifyEnd(PREPARED)
        .executeTakeFirst()
      if (row === undefined) return undefined
      return this.unwrap(db, { organizationId, wrapped: row.wrapped, version: row.master_version })
    })
  }
}

/** A rotation may wrap a row anew, and take its version away, between our reading the row and our opening it: then it is read again. */
export const rereadWhenRotated = async <T>(readAndOpen: () => Promise<T>): Promise<T> => {
  try {
    return await readAndOpen()
  } catch (error) {
    if (!(error instanceof MasterKeyUnavailableError)) throw error
    return readAndOpen()
  }
}
