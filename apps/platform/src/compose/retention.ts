import { pruneDeviceLogins } from '@apps/api/features/auth/device-login/prune-device-logins'
import { pruneOidcLogins } from '@apps/api/features/auth/oidc/oidc-flows'
import { pruneEmailTokens, pruneRequestCounts, pruneVerifications } from '@apps/api/features/auth/prune-proofs'
import { pruneAnsweredChallenges } from '@apps/api/features/auth/passkeys/prune-answered-challenges'
import { pruneSessions } from '@apps/api/features/auth/prune-sessions'
import { pruneChallenges } from '@apps/api/features/auth/second-factor/prune-challenges'
import { pruneReceipts } from '@packages/db/erasure/erasure-receipts'
import { pruneFileLinks, pruneLinkWindows } from '@packages/db/file-links/prune-file-links'
import { pruneIdempotentReplies } from '@packages/db/idempotency'
import { pruneLog } from '@packages/db/prune-log'
import type { Tables } from '@packages/db/tables'
import type { Config } from '@packages/runtime/config'
import type { Database } from '@packages/db/open-database'

export type RetentionConfig = Pick<Config, 'receiptRetentionMs'>

/** What is kept for a time, and the job that takes it away. Also the table of `docs/security/retention.md`. */
export type RetentionRule = {
  what: string
  /** As the page says it. */
  howLong: string
  table: keyof Tables
  /** From when on the time counts. */
  date: string
  keepMs(config: RetentionConfig): number
  /** Deletes up to `limit` rows whose time is over; returns how many. */
  prune(db: Database['kysely'], limit: number, keepMs: number): Promise<number>
}

const HOUR_MS = 60 * 60_000
const DAY_MS = 24 * HOUR_MS

/** A row here is tested by a shifted clock, by the same test as all others; a table with dates that has none fails it. */
export const RETENTION: readonly RetentionRule[] = [
  {
    what: 'Sessions and refresh tokens',
    howLong: 'a day beyond their end',
    table: 'sessions',
    date: 'expires_at',
    keepMs: () => DAY_MS,
    prune: pruneSessions,
  },
  {
    what: 'Links of mails (reset, e-mail proof, registration)',
    howLong: 'they work once, until their end',
    table: 'email_tokens',
    date: 'expires_at',
    keepMs: () => 0,
    prune: pruneEmailTokens,
  },
  {
    what: 'Proofs of addresses',
    howLong: 'until their end',
    table: 'verifications',
    date: 'expires_at',
    keepMs: () => 0,
    prune: pruneVerifications,
  },
  {
    what: 'Sign-ins that wait for a second factor',
    howLong: 'five minutes',
    table: 'mfa_challenges',
    date: 'expires_at',
    keepMs: () => 0,
    prune: pruneChallenges,
  },
  {
    what: 'Programs that wait to be let in',
    howLong: 'ten minutes',
    table: 'device_logins',
    date: 'expires_at',
    keepMs: () => 0,
    prune: pruneDeviceLogins,
  },
  {
    what: 'Sign-ins that are at the sign-in provider',
    howLong: 'ten minutes',
    table: 'oidc_logins',
    date: 'expires_at',
    keepMs: () => 0,
    prune: pruneOidcLogins,
  },
  {
    what: 'Challenges for passkeys that were answered (hashed)',
    howLong: 'five minutes, so that they are answered once',
    table: 'answered_challenges',
    date: 'expires_at',
    keepMs: () => 0,
    prune: pruneAnsweredChallenges,
  },
  {
    what: 'Counts of requests by address (hashed)',
    howLong: 'two days, the longest window',
    table: 'request_counts',
    date: 'window_start',
    keepMs: () => 2 * DAY_MS,
    prune: pruneRequestCounts,
  },
  {
    what: 'Idempotency-Keys and replies',
    howLong: '24 h',
    table: 'idempotency_keys',
    date: 'created_at',
    keepMs: () => DAY_MS,
    prune: pruneIdempotentReplies,
  },
  {
    what: 'Links to files',
    howLong: '30 days beyond their end',
    table: 'file_links',
    date: 'expires_at',
    keepMs: () => 30 * DAY_MS,
    prune: pruneFileLinks,
  },
  {
    what: 'Who is taking a download (hashed)',
    howLong: 'until it is closed, ten minutes after it began',
    table: 'file_link_windows',
    date: 'open_until',
    keepMs: () => 0,
    prune: pruneLinkWindows,
  },
  {
    what: 'Receipts of erasures',
    howLong: '`RECEIPT_RETENTION` (three years)',
    table: 'erasures',
    date: 'finished_at',
    keepMs: ({ receiptRetentionMs }) => receiptRetentionMs,
    prune: (db, limit, olderThanMs) => pruneReceipts(db, { olderThanMs, limit }),
  },
  {
    // Nothing reads the outbox further back yet.
    what: 'Events (outbox)',
    howLong: '90 days',
    table: 'events',
    date: 'created_at',
    keepMs: () => 90 * DAY_MS,
    prune: (db, limit, olderThanMs) => pruneLog(db, 'events', { olderThanMs, limit }),
  },
  {
    // Gateways take a snapshot at their start and fall behind by seconds at most.
    what: 'Policy log',
    howLong: '24 h',
    table: 'policy_log',
    date: 'created_at',
    keepMs: () => DAY_MS,
    prune: (db, limit, olderThanMs) => pruneLog(db, 'policy_log', { olderThanMs, limit }),
  },
]

const BATCH = 10_000

/**
 * Takes everything away whose time is over. A rule that fails holds up no other: all are tried.
 * @throws AggregateError of what failed, each with the table's name
 */
export const prune = async (
  config: RetentionConfig,
  { kysely }: Pick<Database, 'kysely'>,
  signal?: AbortSignal,
): Promise<void> => {
  const failures: Error[] = []
  for (const rule of RETENTION) {
    const keepMs = rule.keepMs(config)
    try {
      for (let more = true; more; ) {
        if (signal?.aborted === true) return
        more = (await rule.prune(kysely, BATCH, keepMs)) === BATCH
      }
    } catch (cause) {
      failures.push(new Error(`what is old in ${rule.table} could not be deleted`, { cause }))
    }
  }
  // A log shows the cause, and not the list.
  const [first] = failures
  if (first !== undefined)
    throw new AggregateError(failures, failures.map(({ message }) => message).join('; '), { cause: first.cause })
}
