import { pruneRows } from '@packages/db/prune-rows'
import type { Tables } from '@packages/db/tables'
import { type Kysely, sql } from 'kysely'

/** Deletes up to `limit` links of mails that have expired; returns how many. */
export const pruneEmailTokens = (db: Kysely<Tables>, limit: number): Promise<number> =>
  pruneRows(db, 'email_tokens', { where: sql`expires_at < now()`, limit })

/** The same for counts of requests that no window needs any more. */
export const pruneRequestCounts = (db: Kysely<Tables>, limit: number): Promise<number> =>
  pruneRows(db, 'request_counts', { where: sql`window_start < now() - interval '2 days'`, limit })

/** The same for better-auth's own proofs of addresses. */
export const pruneVerifications = (db: Kysely<Tables>, limit: number): Promise<number> =>
  pruneRows(db, 'verifications', { where: sql`expires_at < now()`, limit })
