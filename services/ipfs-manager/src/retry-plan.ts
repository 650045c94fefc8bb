import type { BackendErrorCode } from './pin-backend.ts'

export type FailedTry = {
  code: BackendErrorCode
  /** Whether another try could end otherwise. */
  retryable: boolean
  /** Tries so far, this one among them. */
  attempts: number
  /** Since it began to be wanted. */
  ageMs: number
  /** Spreads contents that failed together. */
  contentId: string
}

/** `searchMs`: nobody is asked again sooner than that, where nobody was found. */
export type RetryLimits = { giveUpMs: number; searchMs?: number }

const SECOND_MS = 1_000
const MINUTE_MS = 60_000
/** Nobody has it: it may come at any time, and asking costs little. */
const SEARCH_DELAYS = [5 * SECOND_MS, 15 * SECOND_MS, 45 * SECOND_MS, 2 * MINUTE_MS, 5 * MINUTE_MS, 15 * MINUTE_MS]
/** Something is in the way, at a peer or at a node. */
const TROUBLE_DELAYS = [5 * SECOND_MS, 30 * SECOND_MS, 2 * MINUTE_MS, 10 * MINUTE_MS]
const LONGEST_MS = 60 * MINUTE_MS
/** Given up are only contents that were tried as often: the age alone is told by a clock, which may have jumped by days. */
const FEW_TRIES = 5
const JITTER = 0.2

/**
 * When a fetch that failed is tried again, or undefined: it is given up, because another try would end the same or because it has been tried for
 * `giveUpMs`, and some times. Delays grow, up to an hour, and are spread by a fifth either way.
 */
export const planRetry = (failed: FailedTry, { giveUpMs, searchMs = 0 }: RetryLimits): number | undefined => {
  if (!failed.retryable || (failed.ageMs >= giveUpMs && failed.attempts >= FEW_TRIES)) return undefined
  const delays = failed.code === 'no_providers' ? SEARCH_DELAYS : TROUBLE_DELAYS
  const grown = delays[Math.max(0, failed.attempts - 1)] ?? LONGEST_MS
  const delay = failed.code === 'no_providers' ? Math.max(grown, searchMs) : grown
  return Math.round(delay * (1 + JITTER * (2 * fractionOf(failed.contentId) - 1)))
}

/** From 0 to 1, always the same for one id: the last digits of a UUID are random. */
const fractionOf = (contentId: string): number => (Number.parseInt(contentId.slice(-6), 16) || 0) / 0xff_ff_ff
