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
export const finishUploads = async (tx: Transaction<Tables>, plan: IngestPlan): Promise<void> => {
  const { accepted } = plan
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
  const hidden = accepted.flatMap(({ item: { realm, finishes } }) => (realm === 'private' ? (finishes?.id ?? []) : []))
  if (hidden.length > 0) await forgetNames(tx, hidden)
}

/** What the rows of finished uploads say about private files. */
const forgetNames = async (tx: Transaction<Tables>, ids: string[]): Promise<void> => {
  const bare = { header: null, name: null, contentType: null, metadata: {}, parameters: {}, wrap: false, folder: null }
  const metadata = JSON.stringify({ ...bare, path: null, visibility: 'private' })
  await sql`
    update uploads u set metadata = ${metadata}::jsonb
    where id = any(${ids}::uuid[])
      or id::text in (select unnest(f.parts) from uploads f where f.id = any(${ids}::uuid[]))
  `.execute(tx)
  await sql`update upload_folders set name = '', metadata = '{}' where id = any(${ids}::uuid[])`.execute(tx)
  await sql`update uploads set metadata = ${metadata}::jsonb, path = null where folder_id = any(${ids}::uuid[])`.execute(
    tx,
  )
  await sql`delete from upload_folder_entries where folder_id = any(${ids}::uuid[])`.execute(tx)
}
