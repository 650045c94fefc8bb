import { findReceipt } from '@packages/db/erasure/erasure-receipts'
import type { Database } from '@packages/db/open-database'
import { HoldfastError } from '@packages/shared/holdfast-error'
import { presentReceipt } from './presenter.ts'
import { hashReceiptToken } from './receipt-token.ts'
import type { Receipt } from './schemas.ts'

export type ReadReceiptDeps = {
  db: Pick<Database, 'kysely'>
  /** How long backups are kept; null when the operator has not said. */
  backupRetentionMs: number | null
}

/** What was erased, for who holds the token; there is no account to sign in with any more. @throws HoldfastError `not_found` */
export const readReceipt = async (deps: ReadReceiptDeps, token: string): Promise<Receipt> => {
  const row = await findReceipt(deps.db.kysely, hashReceiptToken(token))
  if (row === undefined) throw new HoldfastError('not_found')
  return presentReceipt(row, deps.backupRetentionMs)
}
