import { type Kysely, sql } from 'kysely'
import { pruneRows } from '../prune-rows.ts'
import type { Tables } from '../tables.ts'

/** Deletes up to `limit` windows that have closed. Returns how many, so that the caller goes on until fewer came. */
export const pruneLinkWindows = (db: Kysely<Tables>, limit: number): Promise<number> =>
  pruneRows(db, 'file_link_windows', { where: sql`open_until < now()`, limit })

/** The same for links that ended 30 days ago: until then who holds one is told that it has ended. */
export const pruneFileLinks = (db: Kysely<Tables>, limit: number): Promise<number> =>
  pruneRows(db, 'file_links', { where: sql`expires_at < now() - interval '30 days'`, limit })
