import type { Row, Tables } from '@packages/db/tables'
import { type Kysely, sql, type Transaction } from 'kysely'
import { asUploadRow, type UploadRow } from './repository.ts'
import type { KeptMetadata } from './upload-metadata.ts'

type Connection = Kysely<Tables> | Transaction<Tables>

export type FolderRow = Row<'upload_folders'>

export type FolderEntry = { path: string; kind: 'file' | 'directory'; size: number | null }

/** An entry and the upload that brings its bytes. */
export type EntryRow = FolderEntry & { uploadId: string | null; uploadState: Row<'uploads'>['state'] | null }

export type NewFolder = {
  id: string
  storeId: string
  organizationId: string
  userId: string
  name: string
  metadata: Record<string, unknown>
  parameters: Record<string, unknown>
  wrap: boolean
  visibility: 'public' | 'private'
  groupId: string | null
  expiresAt: Date
}

export const insertFolder = async (
  tx: Transaction<Tables>,
  folder: NewFolder,
  entries: readonly FolderEntry[],
): Promise<void> => {
  await tx
    .insertInto('upload_folders')
    .values({
      id: folder.id,
      store_id: folder.storeId,
      organization_id: folder.organizationId,
      user_id: folder.userId,
      name: folder.name,
      metadata: JSON.stringify(folder.metadata),
      parameters: JSON.stringify(folder.parameters),
      wrap: folder.wrap,
      visibility: folder.visibility,
      group_id: folder.groupId,
      expires_at: folder.expiresAt,
    })
    .execute()
  await sql`
    insert into upload_folder_entries (folder_id, path, kind, size)
    select ${folder.id}::uuid, path, kind, size
    from jsonb_to_recordset(${JSON.stringify(entries)}::jsonb) as x (path text, kind text, size bigint)
  `.execute(tx)
}

export const findFolderOf = (db: Connection, organizationId: string, id: string): Promise<FolderRow | undefined> =>
  db
    .selectFrom('upload_folders')
    .selectAll()
    .where('id', '=', id)
    .where('organization_id', '=', organizationId)
    .executeTakeFirst()

/** Whether what is put there will be private. */
export const isPrivateFolder = async (db: Connection, organizationId: string, id: string): Promise<boolean> =>
  (await findFolderOf(db, organizationId, id))?.visibility === 'private'

/** Of whichever organization: for work of our own. */
export const findFolder = (db: Connection, id: string): Promise<FolderRow | undefined> =>
  db.selectFrom('upload_folders').selectAll().where('id', '=', id).executeTakeFirst()

export const countOpenFolders = async (db: Connection, organizationId: string): Promise<number> => {
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from upload_folders where organization_id = ${organizationId} and state = 'open'
  `.execute(db)
  return rows[0]?.count ?? 0
}

export type FolderCounts = { files: number; directories: number; bytes: number; missing: number; missingBytes: number }

/** A file is missing until its upload is received; one of no bytes is never missing. */
const MISSING = sql<boolean>`e.kind = 'file' and e.size > 0 and u.state is distinct from 'received'`

export const countEntries = async (db: Connection, folderId: string): Promise<FolderCounts> => {
  const { rows } = await sql<FolderCounts>`
    select count(*) filter (where e.kind = 'file')::bigint as files,
      count(*) filter (where e.kind = 'directory')::bigint as directories,
      coalesce(sum(e.size), 0)::bigint as bytes,
      count(*) filter (where ${MISSING})::bigint as missing,
      coalesce(sum(e.size) filter (where ${MISSING}), 0)::bigint as "missingBytes"
    from upload_folder_entries e left join uploads u on u.id = e.upload_id
    where e.folder_id = ${folderId}
  `.execute(db)
  return rows[0] ?? { files: 0, directories: 0, bytes: 0, missing: 0, missingBytes: 0 }
}

/** Entries in the order of their paths' bytes, those after `after`. */
export const entriesAfter = async (
  db: Connection,
  folderId: string,
  page: { after: string | undefined; limit: number; missing: boolean },
): Promise<EntryRow[]> => {
  const { rows } = await sql<EntryRow>`
    select e.path, e.kind, e.size, e.upload_id as "uploadId", u.state as "uploadState"
    from upload_folder_entries e left join uploads u on u.id = e.upload_id
    where e.folder_id = ${folderId}
      ${page.after === undefined ? sql`` : sql`and e.path > ${page.after}`}
      ${page.missing ? sql`and ${MISSING}` : sql``}
    order by e.path limit ${page.limit}
  `.execute(db)
  return rows
}

/** Uploads of the folder that have begun and are not told to be whole. */
export const openUploadsOfFolder = async (
  db: Connection,
  folderId: string,
): Promise<{ id: string; length: number | null }[]> =>
  db
    .selectFrom('uploads')
    .select(['id', 'length'])
    .where('folder_id', '=', folderId)
    .where('state', '=', 'open')
    .execute()

export type NewFolderFile = {
  id: string
  folderId: string
  organizationId: string
  userId: string
  path: string
  length: number
  metadata: KeptMetadata
  /** false: the folder's entry alone has it, until it is finished. */
  keepsPath: boolean
  now: Date
}

/**
 * Begins the upload of one file of an open folder, in one statement: there may be 100,000 of them. Undefined when it has begun
 * before, or there is no such folder or file of this size.
 */
export const insertFolderFile = async (db: Connection, file: NewFolderFile): Promise<UploadRow | undefined> => {
  const { rows } = await sql<Row<'uploads'>>`
    with claimed as (
      update upload_folder_entries e set upload_id = ${file.id}
      from upload_folders f
      where f.id = ${file.folderId} and f.organization_id = ${file.organizationId} and f.state = 'open'
        and f.expires_at > ${file.now} and e.folder_id = f.id and e.path = ${file.path} and e.kind = 'file'
        and e.size = ${file.length} and e.upload_id is null
      returning e.folder_id, e.path, f.store_id, f.expires_at
    )
    insert into uploads (id, store_id, organization_id, user_id, folder_id, path, length, metadata, expires_at)
    select ${file.id}, store_id, ${file.organizationId}, ${file.userId}, folder_id,
      case when ${file.keepsPath} then path end, ${file.length},
      ${JSON.stringify(file.metadata)}::jsonb, expires_at
    from claimed
    returning *
  `.execute(db)
  return rows[0] === undefined ? undefined : asUploadRow(rows[0])
}

export const findEntry = async (db: Connection, folderId: string, path: string): Promise<EntryRow | undefined> => {
  const { rows } = await sql<EntryRow>`
    select e.path, e.kind, e.size, e.upload_id as "uploadId", u.state as "uploadState"
    from upload_folder_entries e left join uploads u on u.id = e.upload_id
    where e.folder_id = ${folderId} and e.path = ${path}
  `.execute(db)
  return rows[0]
}

export const renewFolder = async (db: Connection, id: string, expiresAt: Date): Promise<void> => {
  await db.updateTable('upload_folders').set({ expires_at: expiresAt }).where('id', '=', id).execute()
}

export const uploadIdsOfFolder = async (db: Connection, folderId: string): Promise<string[]> => {
  const rows = await db.selectFrom('uploads').select('id').where('folder_id', '=', folderId).execute()
  return rows.map(({ id }) => id)
}

/** With their entries and uploads. */
export const deleteFolders = async (db: Connection, ids: readonly string[]): Promise<void> => {
  await db.deleteFrom('upload_folders').where('id', 'in', ids).execute()
}

/** The rows of a finished folder's files: their bytes are in its DAG. */
export const deleteUploadsOfFolder = async (db: Connection, folderId: string): Promise<void> => {
  await db.deleteFrom('uploads').where('folder_id', '=', folderId).execute()
}

export const expiredFolderIds = async (
  db: Connection,
  storeId: string,
  now: Date,
  limit: number,
): Promise<string[]> => {
  const rows = await db
    .selectFrom('upload_folders')
    .select('id')
    .where('store_id', '=', storeId)
    .where('expires_at', '<=', now)
    .limit(limit)
    .execute()
  return rows.map(({ id }) => id)
}
