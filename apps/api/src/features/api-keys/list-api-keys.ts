import type { Database } from '@packages/db/open-database'
import type { Actor } from '../../authorization/actor.ts'
import { authorize } from '../../authorization/authorize.ts'
import { can } from '../../authorization/can.ts'
import { decodeCursor, encodeCursor } from '../../values/cursor.ts'
import { type ApiKey, presentApiKey } from './api-key-schema.ts'

export type ListApiKeysDeps = { db: Pick<Database, 'kysely'> }

const FILTERS = { list: 'api-keys' }

/** The organization's keys that were not revoked, newest first; a member sees only their own. */
export const listApiKeys = async (
  deps: ListApiKeysDeps,
  actor: Actor,
  page: { limit: number; cursor?: string | undefined },
): Promise<{ apiKeys: ApiKey[]; nextCursor: string | null }> => {
  const { organizationId, userId } = actor
  authorize(actor, 'api-keys:read', { organizationId, userId })
  const seesAll = can(actor, 'api-keys:read', { organizationId, userId: 'another' })
  const after = page.cursor === undefined ? undefined : decodeCursor(page.cursor, FILTERS)
  const rows = await deps.db.kysely
    .selectFrom('api_keys')
    .where('organization_id', '=', organizationId)
    .where('revoked_at', 'is', null)
    .$if(!seesAll, (query) => query.where('user_id', '=', userId))
    .$if(after !== undefined, (query) => query.where('id', '<', after ?? ''))
    .selectAll()
    .orderBy('id', 'desc')
    .limit(page.limit + 1)
    .execute()
  const shown = rows.slice(0, page.limit)
  const last = shown.at(-1)
  const nextCursor = rows.length > shown.length && last !== undefined ? encodeCursor(last.id, FILTERS) : null
  return { apiKeys: shown.map(presentApiKey), nextCursor }
}
