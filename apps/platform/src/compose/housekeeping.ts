import { pruneEmailTokens } from '@apps/api/features/auth/prune-email-tokens'
import { pruneSessions } from '@apps/api/features/auth/prune-sessions'
import { pruneReceipts } from '@packages/db/erasure/erasure-receipts'
import { pruneIdempotentReplies } from '@packages/db/idempotency'
import { pruneFileLinks, pruneLinkWindows } from '@packages/db/file-links/prune-file-links'
import type { Database } from '@packages/db/open-database'
import { pruneLog } from '@packages/db/prune-log'
import type { Config } from '@packages/runtime/config'
import type { MinimalLogger } from '@packages/runtime/minimal-logger'
import type { Service } from '@packages/runtime/service'
import { RepeatingTask } from '@services/ipfs-manager/repeating-task'

const EVERY_MS = 15 * 60_000
const BATCH = 10_000
const HOUR_MS = 60 * 60_000
/** Gateways take a snapshot at their start and fall behind by seconds at most. */
const POLICY_LOG_MS = 24 * HOUR_MS
/** Nothing reads the outbox further back yet. */
const EVENTS_MS = 90 * 24 * HOUR_MS

/** Keeps the tables that only grow in bounds: logs that all have read, and replies that are not replayed any more. */
export const housekeeping = (
  { receiptRetentionMs }: Pick<Config, 'receiptRetentionMs'>,
  { db, logger }: { db: Database; logger: MinimalLogger },
): Service => {
  const prunes = [
    () => pruneIdempotentReplies(db.kysely, BATCH),
    () => pruneSessions(db.kysely, BATCH),
    () => pruneEmailTokens(db.kysely, BATCH),
    () => pruneReceipts(db.kysely, { olderThanMs: receiptRetentionMs, limit: BATCH }),
    () => pruneLinkWindows(db.kysely, BATCH),
    () => pruneFileLinks(db.kysely, BATCH),
    () => pruneLog(db.kysely, 'policy_log', { olderThanMs: POLICY_LOG_MS, limit: BATCH }),
    () => pruneLog(db.kysely, 'events', { olderThanMs: EVENTS_MS, limit: BATCH }),
  ]
  const run = async (signal: AbortSignal): Promise<void> => {
    for (const prune of prunes)
      for (let deleted = BATCH; deleted === BATCH && !signal.aborted; ) deleted = await prune()
  }
  const task = new RepeatingTask({ name: 'housekeeping', everyMs: EVERY_MS, run, logger })
  return { name: 'housekeeping', start: async () => task.start(), stop: () => task.stop() }
}
