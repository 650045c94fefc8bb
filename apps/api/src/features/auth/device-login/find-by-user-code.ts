import type { Tables } from '@packages/db/tables'
import { HoldfastError } from '@packages/shared/holdfast-error'
import { type Kysely, sql } from 'kysely'
import { addressKey } from '../../../plugins/address-key.ts'
import type { CountedWindow, RequestCounts } from '../request-counts.ts'
import type { UserCodeHashes } from './code-hashes.ts'
import { readUserCode } from './user-code.ts'

export type UserCodeDeps = {
  userCodeHashes: Pick<UserCodeHashes, 'of'>
  requestCounts: Pick<RequestCounts, 'take'>
}

/** Codes that are tried, right ones too: at 34 bits, 30 an hour find one of a thousand that wait within a thousand years. */
const HOUR_MS = 3_600_000
const BY_USER: CountedWindow = { what: 'device code by', limit: 30, windowMs: HOUR_MS }
const BY_ADDRESS: CountedWindow = { what: 'device code from', limit: 120, windowMs: HOUR_MS }

export const noSuchCode = () =>
  new HoldfastError('not_found', { detail: 'No program waits with this code: it may have expired or been used.' })

/** The hash of a code that was typed, if it may be looked for. @throws HoldfastError `not_found`, `rate_limited` */
export const admitUserCode = async (
  deps: UserCodeDeps,
  { userCode, userId, ipAddress }: { userCode: string; userId: string; ipAddress: string },
): Promise<Buffer> => {
  const counts = [
    [BY_USER, userId],
    [BY_ADDRESS, addressKey(ipAddress)],
  ] as const
  for (const [count, key] of counts) {
    const { allowed, resetMs } = await deps.requestCounts.take(count, key)
    if (allowed) continue
    const headers = { 'retry-after': String(Math.ceil(resetMs / 1_000)) }
    throw new HoldfastError('rate_limited', { detail: 'Too many codes were tried.', headers })
  }
  const code = readUserCode(userCode)
  if (code === undefined) throw noSuchCode()
  return deps.userCodeHashes.of(code)
}

/** The one that waits with this code. */
export const pendingByUserCode = (db: Kysely<Tables>, userCodeHash: Buffer) =>
  db
    .selectFrom('device_logins')
    .where('user_code_hash', '=', userCodeHash)
    .where('state', '=', 'pending')
    .where('expires_at', '>', sql<Date>`now()`)
