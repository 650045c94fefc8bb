import { deleteKeptImport } from '@packages/db/kept-imports'
import type { Database } from '@packages/db/open-database'
import { HoldfastError } from '@packages/shared/holdfast-error'
import type { ReleaseWorker } from '@services/ipfs-manager/release-worker'
import type { z } from 'zod'
import type { Actor } from '../../authorization/actor.ts'
import { authorize } from '../../authorization/authorize.ts'
import { decodeCursor, encodeCursor } from '../../values/cursor.ts'
import { presentKeptImport } from './presenter.ts'
import { findKeptImport, listKeptImportRows } from './repository.ts'
import type { keptImportListQuery, keptImportListSchema, keptImportSchema } from './schemas.ts'

export type KeptImportsDeps = {
  db: Pick<Database, 'kysely' | 'unitOfWork'>
  releases: Pick<ReleaseWorker, 'releaseNow'>
}

/** How long a caller waits for the bytes to be given back. */
const FOLLOW_MS = 1_000

/** A page of the organization's kept imports, the newest first. @throws HoldfastError `invalid_cursor` */
export const listKeptImports = async (
  { db }: KeptImportsDeps,
  actor: Actor | null,
  { limit, cursor }: z.output<typeof keptImportListQuery>,
): Promise<z.infer<typeof keptImportListSchema>> => {
  authorize(actor, 'files:read', {})
  const before = cursor === undefined ? {} : { before: decodeCursor(cursor, {}) }
  const rows = await listKeptImportRows(db.kysely, {
    organizationId: actor.organizationId,
    limit: limit + 1,
    ...before,
  })
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  const nextCursor = rows.length > limit && last !== undefined ? encodeCursor(last.id, {}) : null
  return { imports: shown.map(presentKeptImport), nextCursor }
}

/** @throws HoldfastError `not_found` */
export const getKeptImport = async (
  { db }: KeptImportsDeps,
  actor: Actor | null,
  id: string,
): Promise<z.infer<typeof keptImportSchema>> => {
  authorize(actor, 'files:read', {})
  const row = await findKeptImport(db.kysely, actor.organizationId, id)
  if (row === undefined) throw new HoldfastError('not_found')
  return presentKeptImport(row)
}

/** Deletes a kept import and gives its bytes back. @throws HoldfastError `not_found` */
export const deleteImport = async (
  { db, releases }: KeptImportsDeps,
  actor: Actor | null,
  id: string,
): Promise<void> => {
  authorize(actor, 'files:write', {})
  const { organizationId, userId: actorId } = actor
  const { result } = await db.unitOfWork.run((uow) => deleteKeptImport(uow, { id, organizationId, actorId }))
  if (!result) throw new HoldfastError('not_found')
  await releases.releaseNow([id], FOLLOW_MS)
}
