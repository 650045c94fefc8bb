import type { Tables } from '@packages/db/tables'
import { type Kysely, sql } from 'kysely'

/** Open uploads of known length that are no file of a folder, by id. */
export const openUploadsAfter = async (
  kysely: Kysely<Tables>,
  storeId: string,
  { after, limit }: { after: string | undefined; limit: number },
): Promise<{ id: string; length: number | null }[]> => {
  let query = kysely
    .selectFrom('uploads')
    .select(['id', 'length'])
    .where('store_id', '=', storeId)
    .where('state', '=', 'open')
    .where('folder_id', 'is', null)
    .where('length', 'is not', null)
    .orderBy('id')
    .limit(limit)
  if (after !== undefined) query = query.where('id', '>', after)
  return query.execute()
}

/** Whole uploads whose file is not made yet. */
export const uploadsToFinish = async (
  kysely: Kysely<Tables>,
  storeId: string,
  now: Date,
  limit: number,
): Promise<string[]> => {
  const rows = await kysely
    .selectFrom('uploads')
    .select('id')
    .where('store_id', '=', storeId)
    .where('state', '=', 'received')
    .where('folder_id', 'is', null)
    .where('part_kind', '<>', 'partial')
    .where('expires_at', '>', now)
    .orderBy('id')
    .limit(limit)
    .execute()
  return rows.map(({ id }) => id)
}

/** Expired uploads that stand for themselves; pieces wait for the upload that they are pieces of. */
export const expiredUploadIds = async (
  kysely: Kysely<Tables>,
  storeId: string,
  now: Date,
  limit: number,
): Promise<string[]> => {
  const { rows } = await sql<{ id: string }>`
    select id from uploads u
    where store_id = ${storeId} and expires_at <= ${now} and folder_id is null
      and (part_kind <> 'partial' or not exists (
        select from uploads f where f.organization_id = u.organization_id and f.part_kind = 'final'
          and f.state in ('open', 'received') and f.parts @> array[u.id::text]))
    limit ${limit}
  `.execute(kysely)
  return rows.map(({ id }) => id)
}

/** Those of `ids` that have a row which still needs the bytes. */
export const knownUploadIds = async (kysely: Kysely<Tables>, ids: readonly string[]): Promise<Set<string>> => {
  if (ids.length === 0) return new Set()
  const rows = await kysely
    .selectFrom('uploads')
    .select('id')
    .where('id', 'in', ids)
    .where('state', '<>', 'finished')
    .execute()
  return new Set(rows.map(({ id }) => id))
}
