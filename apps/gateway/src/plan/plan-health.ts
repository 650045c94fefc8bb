import { planOwn } from './plan-own.ts'
import type { ResponsePlan } from './response-plan.ts'

/** Longer than this without a word from the primary, and what this worker knows of the policy log may be old. */
export const MAX_POLICY_AGE_MS = 5000

/** `/health/live` and `/health/ready`: a status for anybody, detail is the platform's own health page's. */
export const planHealth = (
  method: string,
  probe: string | undefined,
  policyAgeMs: number,
): ResponsePlan | undefined => {
  if (probe !== 'live' && probe !== 'ready') return undefined
  const ok = probe === 'live' || policyAgeMs <= MAX_POLICY_AGE_MS
  return planOwn(method, ok ? 200 : 503, 'application/json', `{"status":"${ok ? 'ok' : 'unavailable'}"}\n`)
}
