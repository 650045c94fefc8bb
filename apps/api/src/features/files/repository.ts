import { preparedPage } from '@packages/db/prepared-statements'
import type { Tables } from '@packages/db/tables'
import { type ExpressionBuilder, type Kysely, sql } from 'kysely'
import { groupThere } from '../../pinning/group-there.ts'
import { hasTenantKey, type TenantSeal } from '../../private/tenant-seal.ts'
import type { Hash } from '../../values/hash-param.ts'
import type { FileWithPin } from './presenter.ts'
import type { FileListQuery } from './schemas.ts'

/** The organization's files, the newest first: at most `limit`, those before the row `before`. */
export type FilePage = { organizationId: string; limit: number; before?: string }

export type FileFilters = Pick<
  FileListQuery,
  'name' | 'namePrefix' | 'contentType' | 'status' | 'createdAfter' | 'createdBefore' | 'group'
> & { hash?: Hash }

/** How rows of private files are found; null: the organization has none. */
export type PrivateHashes = Pick<TenantSeal, 'cidHash' | 'nameHash'> | null

const COLUMNS = [
  'files.id',
  'files.cid',
  'files.original_name',
  'files.content_type',
  'files.kind',
  'files.visibility',
  'files.size',
  'files.metadata',
  'files.created_at',
  'files.pin_id',
  'pins.status as pin_status',
] as const

const escapeLike = (text: string): string => text.replace(/[\\%_]/g, '\\$&')

export type ListedFile = FileWithPin & { has_tenant_key: boolean }

export const listFileRows = async (
  kysely: Kysely<Tables>,
  page: FilePage,
  filters: FileFilters = {},
  hidden: PrivateHashes = null,
): Promise<ListedFile[]> => {
  const { hash, name, namePrefix, contentType, status, createdAfter, createdBefore, group } = filters
  let query = kysely
    .selectFrom('files')
    .innerJoin('pins', 'pins.id', 'files.pin_id')
    .select([...COLUMNS, groupThere('files'), hasTenantKey(page.organizationId)])
    .where('files.organization_id', '=', page.organizationId)
    .orderBy('files.id', 'desc')
  if (page.before !== undefined) query = query.where('files.id', '<', page.before)
  if (hash?.kind === 'id') query = query.where('files.id', '=', hash.id)
  if (hash?.kind === 'cid') query = query.where(ofCid(kysely, hash.canonical, hidden))
  if (name !== undefined)
    query = query.where(({ eb, or }) =>
      or([
        eb('files.original_name', '=', name),
        ...(hidden === null ? [] : [eb('files.name_hash', '=', hidden.nameHash(name))]),
      ]),
    )
  if (namePrefix !== undefined) query = query.where('files.original_name', 'like', `${escapeLike(namePrefix)}%`)
  if (contentType !== undefined) query = query.where(matchesType(contentType.toLowerCase()))
  if (status !== undefined) query = query.where('pins.status', '=', status)
  if (createdAfter !== undefined) query = query.where('files.created_at', '>', sql<Date>`${createdAfter}::timestamptz`)
  if (createdBefore !== undefined)
    query = query.where('files.created_at', '<', sql<Date>`${createdBefore}::timestamptz`)
  if (group !== undefined) query = query.where('files.group_id', '=', group)
  const isByKeys = [name, namePrefix, contentType, status, createdAfter, createdBefore, group].every(
    (value) => value === undefined,
  )
  return (isByKeys ? query.$call(preparedPage(page.limit)) : query.limit(page.limit)).execute()
}

/** Private rows have a keyed hash of their CID. */
const ofCid =
  (kysely: Kysely<Tables>, canonical: string, hidden: PrivateHashes) =>
  ({ eb, or }: ExpressionBuilder<Pick<Tables, 'files'>, 'files'>) =>
    or([
      eb('files.content_id', 'in', liveContent(kysely, canonical)),
      ...(hidden === null ? [] : [eb('files.cid_hash', '=', hidden.cidHash(canonical))]),
    ])

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

export type OwnFile = FileWithPin & { content_id: string; list: string; dag_size: number | null }

/** `list`: what the store knows its content by. */
export const findOwnFile = (kysely: Kysely<Tables>, organizationId: string, id: string): Promise<OwnFile | undefined> =>
  kysely
    .selectFrom('files')
    .innerJoin('pins', 'pins.id', 'files.pin_id')
    .innerJoin('contents', 'contents.id', 'files.content_id')
    .select([...COLUMNS, groupThere('files'), 'files.content_id', 'contents.cid as list', 'contents.dag_size'])
    .where('files.organization_id', '=', organizationId)
    .where('files.id', '=', id)
    .executeTakeFirst()

/** The pins that the organization's files of this hash hang on. */
export const pinsOfFiles = async (
  kysely: Kysely<Tables>,
  organizationId: string,
  hash: Hash,
  limit: number,
  hidden: PrivateHashes = null,
): Promise<string[]> => {
  const query = kysely.selectFrom('files').select('pin_id').where('organization_id', '=', organizationId).limit(limit)
  const rows =
    hash.kind === 'id'
      ? await query.where('id', '=', hash.id).execute()
      : await query.where(ofCid(kysely, hash.canonical, hidden)).execute()
  return rows.map((row) => row.pin_id)
}
