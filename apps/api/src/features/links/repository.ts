import type { Row, Tables } from '@packages/db/tables'
import { isUuid } from '@packages/shared/ids'
import { type Kysely, sql, type Transaction } from 'kysely'

/** The organization's file; it stays until the transaction ends. */
export const lockFile = async (
  tx: Transaction<Tables>,
  organizationId: string,
  fileId: string,
): Promise<Row<'files'> | undefined> => {
  if (!isUuid(fileId)) return undefined
  return tx
    .selectFrom('files')
    .where('id', '=', fileId)
    .where('organization_id', '=', organizationId)
    .selectAll()
    .forUpdate()
    .executeTakeFirst()
}

export const holdsFile = async (db: Kysely<Tables>, organizationId: string, fileId: string): Promise<boolean> => {
  if (!isUuid(fileId)) return false
  const file = db.selectFrom('files').where('id', '=', fileId).where('organization_id', '=', organizationId)
  return (await file.select('id').executeTakeFirst()) !== undefined
}

const live = <Db extends Kysely<Tables>>(db: Db, fileId: string) =>
  db
    .selectFrom('file_links')
    .where('file_id', '=', fileId)
    .where('revoked_at', 'is', null)
    .where('expires_at', '>', sql<Date>`now()`)

export const countLiveLinks = async (db: Kysely<Tables>, fileId: string): Promise<number> => {
  const row = await live(db, fileId).select(sql<number>`count(*)::integer`.as('links')).executeTakeFirstOrThrow()
  return row.links
}

/** Links of a file that neither were revoked nor have expired, the newest first. */
export const listLinkRows = (
  db: Kysely<Tables>,
  { fileId, limit, before }: { fileId: string; limit: number; before: string | undefined },
): Promise<Row<'file_links'>[]> =>
  live(db, fileId)
    .$if(before !== undefined, (query) => query.where('id', '<', before ?? ''))
    .selectAll()
    .orderBy('id', 'desc')
    .limit(limit)
    .execute()
