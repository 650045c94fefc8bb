import type { Database } from '@packages/db/open-database'
import { sql } from 'kysely'
import { z } from 'zod'
import type { Actor } from '../../../authorization/actor.ts'
import type { SessionUsage } from '../../../plugins/authenticate/session-usage.ts'
import { requireSession } from '../require-session.ts'

export const sessionSchema = z
  .object({
    id: z.string(),
    current: z.boolean().meta({ description: 'The one that this request is made with.' }),
    device: z.string().nullable().meta({ description: 'What the client called itself (User-Agent) at sign-in.' }),
    ipAddress: z.string().nullable().meta({ description: 'The address at sign-in.' }),
    createdAt: z.iso.datetime(),
    lastUsedAt: z.iso.datetime().nullable().meta({ description: 'To the minute.' }),
    expiresAt: z.iso.datetime(),
  })
  .meta({ id: 'Session' })

export type ListSessionsDeps = {
  db: Pick<Database, 'kysely'>
  sessionUsage: Pick<SessionUsage, 'lastSeen'>
}

/** Nobody reads further. */
const MAX_SHOWN = 200

/** The caller's own sessions that have not ended, the newest first. @throws HoldfastError `forbidden` for an API key */
export const listSessions = async (deps: ListSessionsDeps, actor: Actor): Promise<z.infer<typeof sessionSchema>[]> => {
  const { userId, sessionId } = requireSession(actor)
  const rows = await deps.db.kysely
    .selectFrom('sessions')
    .where('user_id', '=', userId)
    .where('expires_at', '>', sql<Date>`now()`)
    .select(['id', 'user_agent', 'ip_address', 'created_at', 'last_used_at', 'expires_at'])
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(MAX_SHOWN)
    .execute()
  return rows.map((row) => ({
    id: row.id,
    current: row.id === sessionId,
    device: row.user_agent,
    ipAddress: row.ip_address,
    createdAt: row.created_at.toISOString(),
    lastUsedAt: (deps.sessionUsage.lastSeen(row.id) ?? row.last_used_at)?.toISOString() ?? null,
    expiresAt: row.expires_at.toISOString(),
  }))
}
