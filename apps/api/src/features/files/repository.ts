import type { Tables } from '@packages/db/tables'
import { type Kysely, sql } from 'kysely'
import type { Hash } from '../../values/hash-param.ts'
import type { FileWithPin } from './presenter.ts'
import type { FileListQuery } from './schemas.ts'

/** The organization's files, the newest first: at most `limit`, those before the row `before`. */
export type FilePage = { organizationId: string; limit: number; before?: string }

export type FileFilters = Pick<
  FileListQuery,
  'name' | 'namePrefix' | 'contentType' | 'status' | 'createdAfter' | 'createdBefore'
> & { hash?: Hash }

const COLUMNS = [
  'files.id',
  'files.cid',
  'files.original_name',
  'files.content_type',
  'files.kind',
  'files.size',
  'files.metadata',
  'files.created_at',
  'files.pin_id',
  'pins.status as pin_status',
] as const

const escapeLike = (text: string): string => text.replace(/[\\%_]/g, '\\$&')

export const listFileRows = async (
  kysely: Kysely<Tables>,
  page: FilePage,
  filters: FileFilters = {},
): Promise<FileWithPin[]> => {
  const { hash, name, namePrefix, contentType, status, createdAfter, createdBefore } = filters
  let query = kysely
    .selectFrom('files')
    .innerJoin('pins', 'pins.id', 'files.pin_id')
    .select(COLUMNS)
    .where('files.organization_id', '=', page.organizationId)
    .orderBy('files.id', 'desc')
    .limit(page.limit)
  if (page.before !== undefined) query = query.where('files.id', '<', page.before)
  if (hash?.kind === 'id') query = query.where('files.id', '=', hash.id)
  if (hash?.kind === 'cid') query = query.where('files.content_id', 'in', liveContent(kysely, hash.canonical))
  if (name !== undefined) query = query.where('files.original_name', '=', name)
  if (namePrefix !== undefined) query = query.where('files.original_name', 'like', `${escapeLike(namePrefix)}%`)
  if (contentType !== undefined) query = query.where(matchesType(contentType.toLowerCase()))
  if (status !== undefined) query = query.where('pins.status', '=', status)
  if (createdAfter !== undefined) query = query.where('files.created_at', '>', sql<Date>`${createdAfter}::timestamptz`)
  if (createdBefore !== undefined)
    query = query.where('files.created_at', '<', sql<Date>`${createdBefore}::timestamptz`)
  return query.execute()
}

/** Rows of live pins point at live contents, and of those there is one for each CID. */
const liveContent = (kysely: Kysely<Tables>, canonical: string) =>
  kysely
    .selectFrom('contents')
    .select('contents.id')
    .where('contents.realm', '=', 'public')
    .where('contents.cid', '=', canonical)
    .where('contents.state', '<>', 'released')

/** The type before any parameter, or every subtype for `image/*`. */
const matchesType = (type: string) =>
  type.endsWith('/*')
    ? sql<boolean>`files.content_type like ${`${escapeLike(type.slice(0, -1))}%`}`
    : sql<boolean>`split_part(files.content_type, ';', 1) = ${type}`

/** The pins that the organization's files of this hash hang on. */
export const pinsOfFiles = async (
  kysely: Kysely<Tables>,
  organizationId: string,
  hash: Hash,
  limit: number,
): Promise<string[]> => {
  const query = kysely.selectFrom('files').select('pin_id').where('organization_id', '=', organizationId).limit(limit)
  const rows =
    hash.kind === 'id'
      ? await query.where('id', '=', hash.id).execute()
      : await query.where('content_id', 'in', liveContent(kysely, hash.canonical)).execute()
  return rows.map((row) => row.pin_id)
}
