import type { Database } from '@packages/db/open-database'
import type { z } from 'zod'
import type { Actor } from '../../authorization/actor.ts'
import { authorize } from '../../authorization/authorize.ts'
import { requireGroup } from '../../pinning/find-group.ts'
import { decodeCursor, encodeCursor } from '../../values/cursor.ts'
import { presentGroup, type PresentedGroup } from './presenter.ts'
import { listGroupRows } from './repository.ts'
import type { GroupListQuery, groupListSchema } from './schemas.ts'

export type ListGroupsDeps = { db: Pick<Database, 'kysely'> }

/** A page of the organization's groups, the newest first. @throws HoldfastError `invalid_cursor` */
export const listGroups = async (
  { db }: ListGroupsDeps,
  actor: Actor | null,
  { limit, cursor, name }: GroupListQuery,
): Promise<z.infer<typeof groupListSchema>> => {
  authorize(actor, 'groups:read', {})
  const filters = { list: 'groups', name }
  const before = cursor === undefined ? {} : { before: decodeCursor(cursor, filters) }
  const { organizationId } = actor
  const rows = await listGroupRows(db.kysely, { organizationId, limit: limit + 1, name, ...before })
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  const nextCursor = rows.length > limit && last !== undefined ? encodeCursor(last.id, filters) : null
  return { groups: shown.map(presentGroup), nextCursor }
}

/** @throws HoldfastError `not_found` */
export const getGroup = async ({ db }: ListGroupsDeps, actor: Actor | null, id: string): Promise<PresentedGroup> => {
  authorize(actor, 'groups:read', {})
  return presentGroup(await requireGroup(db.kysely, actor.organizationId, id))
}
