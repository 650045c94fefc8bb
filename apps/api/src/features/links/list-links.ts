import type { Database } from '@packages/db/open-database'
import { HoldfastError } from '@packages/shared/holdfast-error'
import type { Actor } from '../../authorization/actor.ts'
import { authorize } from '../../authorization/authorize.ts'
import { decodeCursor, encodeCursor } from '../../values/cursor.ts'
import { holdsFile, listLinkRows } from './repository.ts'
import { type Link, presentLink } from './schemas.ts'

export type ListLinksDeps = { db: Pick<Database, 'kysely'> }

/** A file's links that still work, newest first, with what was taken through them. @throws `not_found` */
export const listLinks = async (
  { db }: ListLinksDeps,
  actor: Actor,
  { fileId, limit, cursor }: { fileId: string; limit: number; cursor?: string | undefined },
): Promise<{ links: Link[]; nextCursor: string | null }> => {
  const { organizationId } = actor
  authorize(actor, 'links:read', { organizationId })
  const filters = { list: 'links', fileId }
  const before = cursor === undefined ? undefined : decodeCursor(cursor, filters)
  if (!(await holdsFile(db.kysely, organizationId, fileId))) throw new HoldfastError('not_found')
  const rows = await listLinkRows(db.kysely, { fileId, limit: limit + 1, before })
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  const nextCursor = rows.length > shown.length && last !== undefined ? encodeCursor(last.id, filters) : null
  return { links: shown.map(presentLink), nextCursor }
}
