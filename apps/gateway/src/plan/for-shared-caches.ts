import type { ResponsePlan } from './response-plan.ts'

/** Nothing outlives this in a shared cache, whatever a purge has missed. Browsers keep what is immutable for a year. */
const DAY_S = 86_400
/** Where a name led without a known time. */
const UNKNOWN_S = 60
/** Old by this much it may be sent once more, while it is asked for again. */
const STALE_S = 60
/** While this gateway cannot be reached, or answers 5xx. */
const WITHOUT_US_S = DAY_S

/** A path of more folders than this is not kept: a header has its limits. */
const MAX_TAGS = 64

const headerOf = ({ headers }: ResponsePlan, name: string): string | undefined => {
  const at = headers.indexOf(name)
  return at === -1 ? undefined : headers[at + 1]
}

/** Seconds; undefined for what a shared cache must not keep, or has to ask for again each time. */
const lifetimeOf = (plan: ResponsePlan): number | undefined => {
  const said = headerOf(plan, 'Cache-Control')
  if (said === undefined) return UNKNOWN_S
  if (/\b(?:no-store|private|no-cache)\b/.test(said)) return undefined
  return Math.min(DAY_S, Number(/\bmax-age=(\d+)/.exec(said)?.[1] ?? 0))
}

/** Whether the Accept header had a say: Cloudflare keeps one answer for an address, and does not read Vary. */
const isNegotiated = (plan: ResponsePlan): boolean =>
  headerOf(plan, 'Content-Location') !== undefined || plan.about?.isChosen === true

/**
 * What shared caches are told besides (RFC 9213, "Targeted Cache Control"; RFC 5861), so that browsers are told what the gateway specifications have them
 * told: how long they may keep it, and by which tags they are asked to let it go. Nothing where they must not keep it.
 */
export const forSharedCaches = (plan: ResponsePlan, tags: readonly string[]): readonly string[] => {
  const lifetime = lifetimeOf(plan)
  if (lifetime === undefined || plan.status === 204) return []
  if (tags.length > MAX_TAGS) return ['CDN-Cache-Control', 'no-store']
  return [
    'CDN-Cache-Control',
    `max-age=${lifetime}, stale-while-revalidate=${STALE_S}, stale-if-error=${WITHOUT_US_S}`,
    ...(isNegotiated(plan) ? ['Cloudflare-CDN-Cache-Control', 'no-store'] : []),
    'Cache-Tag',
    tags.join(','),
    'Surrogate-Key',
    tags.join(' '),
  ]
}
