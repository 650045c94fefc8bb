import { randomBytes } from 'node:crypto'
import { KEY_BYTES } from '@packages/runtime/sealing-key'
import type { Kysely, Transaction } from 'kysely'
import type { NewRow, Tables } from '../tables.ts'
import { rereadWhenRotated, type TenantKeys } from './tenant-keys.ts'

/** There is no such key of this organization: it was destroyed, or there never was one. */
export class RootKeyUnknownError extends Error {
  override readonly name = 'RootKeyUnknownError'
}

const contextOf = (organizationId: string, contentId: string): string => `root_keys/${organizationId}/${contentId}`

/**
 * The keys of private roots, each wrapped by its tenant's. Nothing is cached: a key that was destroyed is gone at once in
 * every process.
 */
export class RootKeys {
  readonly #tenantKeys: TenantKeys

  constructor(tenantKeys: TenantKeys) {
    this.#tenantKeys = tenantKeys
  }

  /** A new root's key (32 bytes), written with the caller's transaction. @throws MasterKeyUnavailableError, UnsealError */
  async createRootKey(tx: Transaction<Tables>, organizationId: string, contentId: string): Promise<Uint8Array> {
    const { key, row } = await this.newRootKey(tx, organizationId, contentId)
    await tx.insertInto('root_keys').values(row).execute()
    return key
  }

  /**
   * A new root's key and the row that has to be written with the content's own: for what encrypts before it has a
   * transaction. Writes nothing but the tenant's key, where there is none yet.
   */
  async newRootKey(
    db: Kysely<Tables>,
    organizationId: string,
    contentId: string,
  ): Promise<{ key: Uint8Array; row: NewRow<'root_keys'> }> {
    const tenantKey = await this.#tenantKeys.obtain(db, organizationId)
    const key = new Uint8Array(randomBytes(KEY_BYTES))
    const wrapped = tenantKey.seal(key, contextOf(organizationId, contentId))
    return { key, row: { content_id: contentId, organization_id: organizationId, wrapped } }
  }

  /** @throws RootKeyUnknownError, MasterKeyUnavailableError, and UnsealError where rows were tampered with */
  openRootKey(db: Kysely<Tables>, organizationId: string, contentId: string): Promise<Uint8Array> {
    return rereadWhenRotated(() => this.#open(db, organizationId, contentId))
  }

  async #open(db: Kysely<Tables>, organizationId: string, contentId: string): Promise<Uint8Array> {
    const row = await db
      .selectFrom('root_keys as r')
      .innerJoin('tenant_keys as t', 't.organization_id', 'r.organization_id')
      .select(['r.wrapped', 't.wrapped as tenant_wrapped', 't.master_version'])
      .where('r.content_id', '=', contentId)
      .where('r.organization_id', '=', organizationId)
      .executeTakeFirst()
    if (row === undefined) throw new RootKeyUnknownError(`no key of the content ${contentId}`)
    const { tenant_wrapped: wrapped, master_version: version } = row
    const tenantKey = await this.#tenantKeys.unwrap(db, { organizationId, wrapped, version })
    return new Uint8Array(tenantKey.open(row.wrapped, contextOf(organizationId, contentId)))
  }

  /** Erasure of one root. @returns false when there was no such key */
  async destroyRootKey(tx: Transaction<Tables>, organizationId: string, contentId: string): Promise<boolean> {
    const { numDeletedRows } = await tx
      .deleteFrom('root_keys')
      .where('content_id', '=', contentId)
      .where('organization_id', '=', organizationId)
      .executeTakeFirst()
    return numDeletedRows > 0n
  }

  /** Erasure of all that the tenant has in private. */
  async destroyTenantKey(tx: Transaction<Tables>, organizationId: string): Promise<void> {
    await tx.deleteFrom('root_keys').where('organization_id', '=', organizationId).execute()
    await this.#tenantKeys.destroy(tx, organizationId)
  }
}
