import { type Kysely, sql } from 'kysely'
import type { Tables } from '../tables.ts'

/** Deletes up to `limit` windows that have closed. Returns how many, so that the caller goes on until fewer came. */
export const pruneLinkWindows = async (db: Kysely<Tables>, limit: number): Promise<number> => {
  const { numAffectedRows } = await sql`
    delete from file_link_windows where ctid = any(array(
      select ctid from file_link_windows where open_until < now() limit ${limit} for update skip locked))
  `.execute(db)
  return Number(numAffectedRows ?? 0)
}

/** The same for links that ended 30 days ago: until then who holds one is told that it has ended. */
export const pruneFileLinks = async (db: Kysely<Tables>, limit: number): Promise<number> => {
  const { numAffectedRows } = await sql`
    delete from file_links where id = any(array(
      select id from file_links where expires_at < now() - interval '30 days' limit ${limit} for update skip locked))
  `.execute(db)
  return Number(numAffectedRows ?? 0)
}
