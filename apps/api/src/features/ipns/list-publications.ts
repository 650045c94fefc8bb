import { HoldfastError } from '@packages/shared/holdfast-error'
import type { Actor } from '../../authorization/actor.ts'
import { authorize } from '../../authorization/authorize.ts'
import { decodeCursor, encodeCursor } from '../../values/cursor.ts'
import type { ListKeysDeps } from './list-keys.ts'
import { presentPublication, type PresentedPublication } from './presenter.ts'
import { keyRowOf, listPublicationRows } from './repository.ts'

/** Cursors hold ids of 16 bytes. */
const asCursorId = (id: number): string => id.toString(16).padStart(32, '0')

const idOfCursor = (cursor: string, filters: object): number => {
  const id = Number(BigInt(`0x${decodeCursor(cursor, filters).replaceAll('-', '')}`))
  if (!Number.isSafeInteger(id)) throw new HoldfastError('invalid_cursor')
  return id
}

/** What a key's name has led to, the newest first. @throws HoldfastError `not_found`, `invalid_cursor` */
export const listPublications = async (
  { db }: ListKeysDeps,
  actor: Actor | null,
  { id, limit, cursor }: { id: string; limit: number; cursor?: string | undefined },
): Promise<{ publications: PresentedPublication[]; nextCursor: string | null }> => {
  authorize(actor, 'ipns:read', {})
  const filters = { list: 'ipns-publications', id }
  const before = cursor === undefined ? undefined : idOfCursor(cursor, filters)
  const { name } = await keyRowOf(db.kysely, actor.organizationId, id)
  const rows = await listPublicationRows(db.kysely, { name, limit: limit + 1, before })
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  const nextCursor = rows.length > limit && last !== undefined ? encodeCursor(asCursorId(last.id), filters) : null
  return { publications: shown.map(presentPublication), nextCursor }
}
