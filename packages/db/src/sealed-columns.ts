import { type SealingKey, UnsealError } from '@packages/runtime/sealing-key'

/** Whose key seals a column: the organization's own, or the platform's (the derivation secret, for what has no organization). */
export type SealedBy = 'tenant' | 'platform'

/**
 * Every column that holds sealed text or bytes, always or in private rows. What is to be sealed gets a line here, and is sealed and opened
 * by this module alone: a test moves the sealed bytes of each column to each other place, where they must not open.
 */
export const SEALED_COLUMNS = {
  'files.cid': 'tenant',
  'files.original_name': 'tenant',
  'files.metadata': 'tenant',
  'pins.cid': 'tenant',
  'uploads.metadata': 'tenant',
  'upload_folders.name': 'tenant',
  'upload_folders.metadata': 'tenant',
  'ipns_keys.private_sealed': 'tenant',
  'idempotency_keys.body': 'platform',
  'signing_keys.private_sealed': 'platform',
  'two_factors.secret_sealed': 'platform',
  'oidc_logins.sealed': 'platform',
  'nodes.token_sealed': 'platform',
} as const satisfies Record<`${string}.${string}`, SealedBy>

export type SealedColumn = keyof typeof SEALED_COLUMNS

/** Where something is sealed; it opens nowhere else. */
export type SealedPlace = {
  column: SealedColumn
  /** The row's id, whatever it is made of. */
  row: string
  /** The organization; null where there is none. */
  tenant: string | null
}

/** As JSON, in which no value can run into the next one. */
const contextOf = ({ column, row, tenant }: SealedPlace): string =>
  JSON.stringify(['holdfast/column/v2', column, tenant, row])

/** What was bound before the organization was: rows of earlier versions open by it as long as they are there. */
const EARLIER: Partial<Record<SealedColumn, (row: string) => string>> = {
  'files.cid': (row) => `files/cid/${row}`,
  'files.original_name': (row) => `files/original_name/${row}`,
  'files.metadata': (row) => `files/metadata/${row}`,
  'pins.cid': (row) => `pins/cid/${row}`,
  'signing_keys.private_sealed': (row) => `signing_keys/${row}`,
  'two_factors.secret_sealed': (row) => `two_factors/${row}`,
  'oidc_logins.sealed': (row) => `oidc-login/${row}`,
}

/** The associated data is the place: table, column, row and organization. */
export const sealColumn = (key: Pick<SealingKey, 'seal'>, place: SealedPlace, secret: Uint8Array): Buffer =>
  key.seal(secret, contextOf(place))

/** @throws UnsealError when it was moved here, changed, or sealed under another key */
export const openColumn = (key: Pick<SealingKey, 'open'>, place: SealedPlace, sealed: Uint8Array): Buffer => {
  try {
    return key.open(sealed, contextOf(place))
  } catch (error) {
    const earlier = EARLIER[place.column]
    if (!(error instanceof UnsealError) || earlier === undefined) throw error
    return key.open(sealed, earlier(place.row))
  }
}
