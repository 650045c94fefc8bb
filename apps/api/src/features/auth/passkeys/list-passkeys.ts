import type { Database } from '@packages/db/open-database'
import type { Actor } from '../../../authorization/actor.ts'
import { requireSession } from '../require-session.ts'
import type { Passkey } from './schemas.ts'

type Row = { id: string; name: string; backed_up: boolean; created_at: Date; last_used_at: Date | null }

export const presentPasskey = ({ id, name, backed_up, created_at, last_used_at }: Row): Passkey => ({
  id,
  name,
  backedUp: backed_up,
  createdAt: created_at.toISOString(),
  lastUsedAt: last_used_at?.toISOString() ?? null,
})

export type ListPasskeysDeps = { db: Pick<Database, 'kysely'> }

/** The caller's own, the newest first. @throws HoldfastError `forbidden` for an API key */
export const listPasskeys = async ({ db }: ListPasskeysDeps, actor: Actor): Promise<Passkey[]> => {
  const { userId } = requireSession(actor)
  const rows = await db.kysely
    .selectFrom('passkeys')
    .where('user_id', '=', userId)
    .select(['id', 'name', 'backed_up', 'created_at', 'last_used_at'])
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .execute()
  return rows.map(presentPasskey)
}
