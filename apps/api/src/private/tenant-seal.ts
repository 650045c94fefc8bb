import { createHmac } from 'node:crypto'
import { type TenantKeys, TenantKeyUnknownError } from '@packages/db/keys/tenant-keys'
import { openColumn, sealColumn, type SEALED_COLUMNS, type SealedColumn } from '@packages/db/sealed-columns'
import type { Tables } from '@packages/db/tables'
import type { SealingKey } from '@packages/runtime/sealing-key'
import { type Kysely, sql } from 'kysely'

export type TenantSealDeps = { db: { kysely: Kysely<Tables> }; tenantKeys: Pick<TenantKeys, 'obtain' | 'open'> }

/** How sealed text begins: a CID or a name of its own never has a colon after this word in a row that says `private`. */
const SEALED = 'sealed:'

type TenantColumn = { [C in SealedColumn]: (typeof SEALED_COLUMNS)[C] extends 'tenant' ? C : never }[SealedColumn]

/** Where a sealed text stands; it opens nowhere else. */
export type TextPlace = { column: TenantColumn; row: string }

/** What a tenant's private rows hide: sealed texts, and keyed hashes to find rows by what is sealed. */
export class TenantSeal {
  readonly #key: SealingKey
  readonly #tenant: string
  readonly #cids: Uint8Array
  readonly #names: Uint8Array

  constructor(key: SealingKey, organizationId: string) {
    this.#key = key
    this.#tenant = organizationId
    this.#cids = key.derive('holdfast/private/cid-hash/v1')
    this.#names = key.derive('holdfast/private/name-hash/v1')
  }

  seal(place: TextPlace, text: string): string {
    const sealed = sealColumn(this.#key, { ...place, tenant: this.#tenant }, Buffer.from(text))
    return `${SEALED}${sealed.toString('base64url')}`
  }

  /** @throws UnsealError when it was moved here, or changed */
  open(place: TextPlace, sealed: string): string {
    const bytes = Buffer.from(sealed.slice(SEALED.length), 'base64url')
    return openColumn(this.#key, { ...place, tenant: this.#tenant }, bytes).toString()
  }

  /** @param canonical v1, base32 */
  cidHash(canonical: string): Buffer {
    return createHmac('sha256', this.#cids).update(canonical).digest()
  }

  nameHash(name: string): Buffer {
    return createHmac('sha256', this.#names).update(name).digest()
  }
}

export const isSealed = (text: string): boolean => text.startsWith(SEALED)

/** Undefined for a tenant without a key: it has nothing private. */
export const findTenantSeal = async (
  { db, tenantKeys }: TenantSealDeps,
  organizationId: string,
): Promise<TenantSeal | undefined> => {
  try {
    return new TenantSeal(await tenantKeys.open(db.kysely, organizationId), organizationId)
  } catch (error) {
    if (error instanceof TenantKeyUnknownError) return undefined
    throw error
  }
}

/** A column of a page of rows: a tenant without a key has nothing private, and then nobody has to look for the key. */
export const hasTenantKey = (organizationId: string) =>
  sql<boolean>`exists (select from tenant_keys where organization_id = ${organizationId})`.as('has_tenant_key')

/**
 * Rows that match in the clear, and those whose sealed columns match. Most tenants have no key, and their rows say so: a statement
 * more would cost a by-key read a third of its time.
 * @param read without a seal: the rows that match in the clear
 */
export const readSealedToo = async <R extends { has_tenant_key: boolean }>(
  deps: TenantSealDeps,
  organizationId: string,
  read: (seal?: TenantSeal) => Promise<R[]>,
): Promise<R[]> => {
  const rows = await read()
  if (rows[0]?.has_tenant_key === false) return rows
  const seal = await findTenantSeal(deps, organizationId)
  return seal === undefined ? rows : read(seal)
}

export const obtainTenantSeal = async (
  { db, tenantKeys }: TenantSealDeps,
  organizationId: string,
): Promise<TenantSeal> => new TenantSeal(await tenantKeys.obtain(db.kysely, organizationId), organizationId)
