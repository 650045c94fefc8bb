import type { Row, Tables } from '@packages/db/tables'
import { type Kysely, sql, type Transaction } from 'kysely'
import type { KeptMetadata } from './upload-metadata.ts'

type Connection = Kysely<Tables> | Transaction<Tables>

export type UploadRow = Omit<Row<'uploads'>, 'metadata'> & { metadata: KeptMetadata }

export type NewUpload = {
  id: string
  storeId: string
  organizationId: string
  userId: string
  length: number | null
  partKind: UploadRow['part_kind']
  parts: string[] | null
  metadata: KeptMetadata
  state: UploadRow['state']
  expiresAt: Date
}

export const asUploadRow = (row: Row<'uploads'>): UploadRow => ({ ...row, metadata: row.metadata as KeptMetadata })

export const insertUpload = async (db: Connection, upload: NewUpload): Promise<void> => {
  await db
    .insertInto('uploads')
    .values({
      id: upload.id,
      store_id: upload.storeId,
      organization_id: upload.organizationId,
      user_id: upload.userId,
      length: upload.length,
      part_kind: upload.partKind,
      parts: upload.parts,
      metadata: JSON.stringify(upload.metadata),
      state: upload.state,
      expires_at: upload.expiresAt,
    })
    .execute()
}

/** Of whichever organization: for work of our own. */
export const findUpload = async (db: Connection, id: string): Promise<UploadRow | undefined> => {
  const row = await db.selectFrom('uploads').selectAll().where('id', '=', id).executeTakeFirst()
  return row === undefined ? undefined : asUploadRow(row)
}

export const findUploadOf = async (
  db: Connection,
  organizationId: string,
  id: string,
): Promise<UploadRow | undefined> => {
  const row = await findUpload(db, id)
  return row?.organization_id === organizationId ? row : undefined
}

/** Those of `ids` that are the organization's, in no order. */
export const findUploadsOf = async (
  db: Connection,
  organizationId: string,
  ids: readonly string[],
): Promise<UploadRow[]> => {
  const rows = await db
    .selectFrom('uploads')
    .selectAll()
    .where('id', 'in', ids)
    .where('organization_id', '=', organizationId)
    .execute()
  return rows.map(asUploadRow)
}

/** A final upload of exactly these pieces, made before by a request whose reply was lost. */
export const findFinalOf = async (
  db: Connection,
  organizationId: string,
  parts: readonly string[],
): Promise<UploadRow | undefined> => {
  const row = await db
    .selectFrom('uploads')
    .selectAll()
    .where('organization_id', '=', organizationId)
    .where('part_kind', '=', 'final')
    .where('parts', '=', sql<string[]>`${parts}::text[]`)
    .orderBy('id', 'desc')
    .executeTakeFirst()
  return row === undefined ? undefined : asUploadRow(row)
}

/** Sets the length of an upload that has none; false when it has one by now. */
export const declareLength = async (db: Connection, id: string, length: number): Promise<boolean> => {
  const { numUpdatedRows } = await db
    .updateTable('uploads')
    .set({ length })
    .where('id', '=', id)
    .where('length', 'is', null)
    .executeTakeFirst()
  return numUpdatedRows === 1n
}

/** All its bytes are there; no effect on one that is further already. */
export const markReceived = async (db: Connection, id: string, expiresAt: Date): Promise<void> => {
  await db
    .updateTable('uploads')
    .set({ state: 'received', expires_at: expiresAt })
    .where('id', '=', id)
    .where('state', '=', 'open')
    .execute()
}

export const setState = async (
  db: Connection,
  id: string,
  state: Exclude<UploadRow['state'], 'finished'>,
  failure: { code: string; message: string } | null,
): Promise<void> => {
  await db
    .updateTable('uploads')
    .set({ state, failure: failure === null ? null : JSON.stringify(failure) })
    .where('id', '=', id)
    .where('state', '<>', 'finished')
    .execute()
}

export const renewExpiry = async (db: Connection, ids: readonly string[], expiresAt: Date): Promise<void> => {
  await db.updateTable('uploads').set({ expires_at: expiresAt }).where('id', 'in', ids).execute()
}

export const deleteUploads = async (db: Connection, ids: readonly string[]): Promise<void> => {
  if (ids.length > 0) await db.deleteFrom('uploads').where('id', 'in', ids).execute()
}

/** No effect on one that has become a file. */
export const deleteUnfinished = async (db: Connection, id: string): Promise<void> => {
  await db.deleteFrom('uploads').where('id', '=', id).where('state', '<>', 'finished').execute()
}

/** Uploads that stand for themselves and are not finished, the newest first. */
export const listUploadRows = async (
  db: Connection,
  page: { organizationId: string; limit: number; before?: string | undefined },
): Promise<UploadRow[]> => {
  let query = db
    .selectFrom('uploads')
    .selectAll()
    .where('organization_id', '=', page.organizationId)
    .where('folder_id', 'is', null)
    .where('state', '<>', 'finished')
    .orderBy('id', 'desc')
    .limit(page.limit)
  if (page.before !== undefined) query = query.where('id', '<', page.before)
  return (await query.execute()).map(asUploadRow)
}

/** How many of these there are, counted to `limit`. */
export const countOpenUploads = async (db: Connection, organizationId: string, limit: number): Promise<number> => {
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from (
      select from uploads
      where organization_id = ${organizationId} and folder_id is null and state <> 'finished' limit ${limit}
    ) as x
  `.execute(db)
  return rows[0]?.count ?? 0
}

/**
 * Bytes that the organization may still store when all its unfinished uploads have become files, those of folders and those whose length is
 * deferred excepted; null without a limit.
 */
export const readRoom = async (db: Connection, organizationId: string): Promise<number | null> => {
  const row = await db
    .selectFrom('organization_limits as l')
    .leftJoin('usage', 'usage.organization_id', 'l.organization_id')
    .select(['l.storage_bytes', 'usage.stored_bytes'])
    .where('l.organization_id', '=', organizationId)
    .executeTakeFirst()
  const limit = row?.storage_bytes ?? null
  if (limit === null) return null
  const { rows } = await sql<{ promised: number }>`
    select coalesce(sum(length), 0)::bigint as promised from uploads
    where organization_id = ${organizationId} and folder_id is null and state <> 'finished' and part_kind <> 'final'
  `.execute(db)
  return limit - (row?.stored_bytes ?? 0) - (rows[0]?.promised ?? 0)
}

/** Pieces whose bytes are in a file now, and here no more. */
export const markUsed = async (db: Connection, ids: readonly string[]): Promise<void> => {
  await db.updateTable('uploads').set({ state: 'finished' }).where('id', 'in', ids).execute()
}
