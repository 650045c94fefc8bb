import type { Database } from '@packages/db/open-database'
import { type Actor, heldRoleOf } from '../../authorization/actor.ts'
import { authorize } from '../../authorization/authorize.ts'
import { decodeCursor, encodeCursor } from '../../values/cursor.ts'
import type { Member } from './schemas.ts'

export type ListMembersDeps = { db: Pick<Database, 'kysely'> }

/** An organization's members in the order of their user ids, which is that of their accounts' age. */
export const listMembers = async (
  deps: ListMembersDeps,
  actor: Actor,
  organizationId: string,
  page: { limit: number; cursor?: string | undefined },
): Promise<{ members: Member[]; nextCursor: string | null }> => {
  authorize(actor, 'members:read', { organizationId })
  const filters = { list: 'members', organizationId }
  const after = page.cursor === undefined ? undefined : decodeCursor(page.cursor, filters)
  const rows = await deps.db.kysely
    .selectFrom('members as m')
    .innerJoin('users as u', 'u.id', 'm.user_id')
    .where('m.organization_id', '=', organizationId)
    .$if(after !== undefined, (query) => query.where('m.user_id', '>', after ?? ''))
    .select(['m.user_id', 'm.role', 'm.created_at', 'u.email', 'u.name'])
    .orderBy('m.user_id')
    .limit(page.limit + 1)
    .execute()
  const shown = rows.slice(0, page.limit)
  const last = shown.at(-1)
  return {
    members: shown.map((row) => ({
      userId: row.user_id,
      email: row.email,
      name: row.name,
      role: heldRoleOf(row.role),
      joinedAt: row.created_at.toISOString(),
    })),
    nextCursor: rows.length > shown.length && last !== undefined ? encodeCursor(last.user_id, filters) : null,
  }
}
