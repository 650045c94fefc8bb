import { hash, randomBytes } from 'node:crypto'
import type { Database } from '@packages/db/open-database'

export type SetupTokenDeps = { db: Pick<Database, 'kysely'> }

const LIFETIME_MS = 30 * 60_000

export const hashSetupToken = (token: string): Buffer => hash('sha256', token, 'buffer')

/**
 * A new one-time token for `POST /setup`, good for 30 minutes; the launcher makes one at each start and prints it.
 * An older one stops working. @returns null once the platform has been set up
 */
export const makeSetupToken = async (deps: SetupTokenDeps): Promise<{ token: string; expiresAt: Date } | null> => {
  const token = randomBytes(24).toString('base64url')
  const expiresAt = new Date(Date.now() + LIFETIME_MS)
  const updated = await deps.db.kysely
    .updateTable('platform_setup')
    .set({ token_hash: hashSetupToken(token), token_expires_at: expiresAt })
    .where('completed_at', 'is', null)
    .executeTakeFirst()
  return updated.numUpdatedRows > 0n ? { token, expiresAt } : null
}

/** Whether the first administrator has been made. */
export const isSetUp = async (deps: SetupTokenDeps): Promise<boolean> => {
  const row = await deps.db.kysely.selectFrom('platform_setup').select('completed_at').executeTakeFirstOrThrow()
  return row.completed_at !== null
}
