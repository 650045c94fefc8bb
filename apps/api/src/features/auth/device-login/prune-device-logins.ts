import { pruneRows } from '@packages/db/prune-rows'
import type { Tables } from '@packages/db/tables'
import { type Kysely, sql } from 'kysely'

/** Deletes up to `limit` device logins that have expired; returns how many. */
export const pruneDeviceLogins = (db: Kysely<Tables>, limit: number): Promise<number> =>
  pruneRows(db, 'device_logins', { where: sql`expires_at < now()`, limit })
