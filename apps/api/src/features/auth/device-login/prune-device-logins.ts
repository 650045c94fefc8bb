import type { Tables } from '@packages/db/tables'
import { type Kysely, sql } from 'kysely'

/** Deletes up to `limit` device logins that have expired; returns how many. */
export const pruneDeviceLogins = async (db: Kysely<Tables>, limit: number): Promise<number> => {
  const { numAffectedRows } = await sql`
    delete from device_logins where id = any(array(
      select id from device_logins where expires_at < now() limit ${limit} for update skip locked))
  `.execute(db)
  return Number(numAffectedRows ?? 0)
}
