import type { Database } from '@packages/db/open-database'
import { parseCid } from '@packages/shared/cid'
import { takedownKey } from '@packages/shared/takedown'
import type { z } from 'zod'
import type { Actor } from '../../authorization/actor.ts'
import { authorize } from '../../authorization/authorize.ts'
import { decodeCursor, encodeCursor } from '../../values/cursor.ts'
import { presentTakedown } from './presenter.ts'
import type { TakedownListQuery, takedownListSchema } from './schemas.ts'

export type ListTakedownsDeps = { db: Pick<Database, 'kysely'> }

/** A page of takedowns, the newest first, those that were lifted as well. Operators only. @throws HoldfastError `invalid_cursor`, `invalid_cid` */
export const listTakedowns = async (
  { db }: ListTakedownsDeps,
  actor: Actor | null,
  { limit, cursor, ...filters }: TakedownListQuery,
): Promise<z.infer<typeof takedownListSchema>> => {
  authorize(actor, 'takedowns:read')
  const { cid, state } = filters
  let query = db.kysely
    .selectFrom('takedowns')
    .selectAll()
    .orderBy('id', 'desc')
    .limit(limit + 1)
  if (cursor !== undefined) query = query.where('id', '<', decodeCursor(cursor, filters))
  if (cid !== undefined) query = query.where('multihash', '=', takedownKey(parseCid(cid)))
  if (state !== undefined) query = query.where('lifted_at', state === 'lifted' ? 'is not' : 'is', null)
  const rows = await query.execute()
  const page = rows.slice(0, limit)
  const last = page.at(-1)
  const nextCursor = rows.length > limit && last !== undefined ? encodeCursor(last.id, filters) : null
  return { takedowns: page.map(presentTakedown), nextCursor }
}
