import type { Database } from '@packages/db/open-database'
import { HoldfastError } from '@packages/shared/holdfast-error'
import { canonicalCid, parseCid } from '@packages/shared/cid'
import type { z } from 'zod'
import type { DeniedContent } from '../../content/denied-content.ts'
import type { Actor } from '../../authorization/actor.ts'
import { authorize } from '../../authorization/authorize.ts'
import { decodeCursor, encodeCursor } from '../../values/cursor.ts'
import { openFileRows } from '../../private/private-rows.ts'
import { readSealedToo, type TenantSealDeps } from '../../private/tenant-seal.ts'
import { requireGroup } from '../../pinning/find-group.ts'
import { type Hash, parseHash } from '../../values/hash-param.ts'
import { presentListedFile } from './presenter.ts'
import { type FileFilters, listFileRows, type PrivateHashes } from './repository.ts'
import type { FileListQuery, fileListSchema } from './schemas.ts'

export type ListFilesDeps = TenantSealDeps & { db: Pick<Database, 'kysely'>; denied: Pick<DeniedContent, 'told'> }
export type FileList = z.infer<typeof fileListSchema>

/** A page of the organization's files, the newest first. @throws HoldfastError `invalid_cursor`, `invalid_cid`, `not_found` for the group */
export const listFiles = async (deps: ListFilesDeps, actor: Actor | null, query: FileListQuery): Promise<FileList> => {
  authorize(actor, 'files:read', {})
  const { limit, cursor, cid, ...rest } = query
  if (rest.group !== undefined) await requireGroup(deps.db.kysely, actor.organizationId, rest.group)
  const hash: Hash | undefined = cid === undefined ? undefined : { kind: 'cid', canonical: canonicalCid(parseCid(cid)) }
  return page(deps, actor, { limit, cursor }, { ...rest, ...(hash === undefined ? {} : { hash }) })
}

/** All the organization's rows of a CID, or the one row of an id. @throws HoldfastError `not_found` */
export const getFiles = async (
  deps: ListFilesDeps,
  actor: Actor | null,
  hash: string,
  query: { limit: number; cursor?: string | undefined },
): Promise<FileList> => {
  authorize(actor, 'files:read', {})
  const found = await page(deps, actor, query, { hash: parseHash(hash) })
  if (found.files.length === 0 && query.cursor === undefined) throw new HoldfastError('not_found')
  return found
}

/** Reads one row more than asked for: whether there is another page is then known without counting. */
const page = async (
  deps: ListFilesDeps,
  { organizationId }: Actor,
  { limit, cursor }: { limit: number; cursor?: string | undefined },
  filters: FileFilters,
): Promise<FileList> => {
  const before = cursor === undefined ? {} : { before: decodeCursor(cursor, filters) }
  // Only what names something needs the key to find private rows.
  const asks = filters.hash?.kind === 'cid' || filters.name !== undefined
  const read = (seal?: PrivateHashes) =>
    listFileRows(deps.db.kysely, { organizationId, limit: limit + 1, ...before }, filters, seal)
  const rows = await (asks ? readSealedToo(deps, organizationId, read) : read())
  const shown = await openFileRows(deps, organizationId, rows.slice(0, limit))
  const last = shown.at(-1)
  const nextCursor = rows.length > limit && last !== undefined ? encodeCursor(last.id, filters) : null
  return { files: shown.map((row) => ({ ...presentListedFile(row), ...deps.denied.told(row) })), nextCursor }
}
