import { sql, type Transaction } from 'kysely'
import { RowRefused } from '../postgres-errors.ts'
import type { Tables } from '../tables.ts'
import type { IngestPlan } from './ingest-plan.ts'
import { recordset } from './recordset.ts'

/**
 * Marks the resumable uploads of a batch as finished, in the transaction of their files' own rows: a finish that is tried
 * again after a crash cannot make a second file.
 * @throws RowRefused when one is gone or was finished before
 */
export const finishUploads = async (tx: Transaction<Tables>, { accepted }: IngestPlan): Promise<void> => {
  for (const table of ['uploads', 'upload_folders'] as const) {
    const rows = accepted.flatMap(({ item: { finishes }, committed: { file } }) =>
      finishes?.table === table ? [{ id: finishes.id, file: file.id, cid: file.cid }] : [],
    )
    if (rows.length === 0) continue
    const { numAffectedRows } = await sql`
      update ${sql.table(table)} u set state = 'finished', file_id = x.file, cid = x.cid
      from ${recordset(rows, 'id uuid, file uuid, cid text')}
      where u.id = x.id and u.state <> 'finished'
    `.execute(tx)
    if (numAffectedRows !== BigInt(rows.length)) throw new RowRefused('an upload is gone, or was finished before')
  }
}
