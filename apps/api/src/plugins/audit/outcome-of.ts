/**
 * What of a route goes to the audit log beside the events of its changes. `reads`: it answers secrets, each answer is
 * noted. `no-change`: its POST reckons or moves bytes, and only refusals are.
 */
export type RouteAudit = 'reads' | 'no-change'

/** Answers of polling that refuse nothing: they come every few seconds. */
const NOT_YET: ReadonlySet<string> = new Set(['authorization_pending', 'slow_down'])

const READS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS'])

/** Pure: what an answer adds to the log; null when its changes have written their rows, or there is nothing to tell. */
export const outcomeOf = (answer: {
  method: string
  status: number
  audit: RouteAudit | undefined
  written: number
  /** Code of the error. */
  refusal: string | null
}): 'allowed' | 'refused' | null => {
  const { method, status, audit, written, refusal } = answer
  if (READS.has(method) && audit !== 'reads') return null
  // A browser that is refused on its way back from a sign-in provider is sent on to a page.
  if (status >= 400 || refusal !== null) return refusal !== null && NOT_YET.has(refusal) ? null : 'refused'
  return written > 0 || audit === 'no-change' ? null : 'allowed'
}
