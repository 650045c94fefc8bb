import type { RequestHeaders } from './read-headers.ts'
import type { TargetQuery } from './parse-target.ts'

export type GatewayMethod = 'GET' | 'HEAD' | 'OPTIONS'

/** How a content path came out of an address that does not spell it: a host names its root, or a name stands for it. */
export type Shown = {
  /** What was asked for before names were resolved, as segments: `ipfs`, CID, …; or `ipns`, name, …. */
  asked: readonly string[]
  /** The first two of them stand in the host, which no other root shares. */
  isolated: boolean
  /** The host, with its port, under whose `/ipfs` listings find the CIDs that they name; none on a domain of its own. */
  gateway?: string
  /** Seconds that the name stays what it is; undefined for what never changes. */
  ttl?: number
  /** The names that led to the first `depth` segments of the content path. */
  ledBy?: { names: readonly NameOnTheWay[]; depth: number }
}

/** A name, and what the names before it have put behind it. */
export type NameOnTheWay = { root: string; behind: readonly string[] }

/** One request as the planners see it: decoded, bounded, and nothing of the socket. */
export type GatewayRequest = {
  method: GatewayMethod
  /** Decoded segments of the content path, `ipfs` and a CID first; a trailing slash is an empty last one. */
  path: readonly string[]
  query: TargetQuery
  headers: RequestHeaders
  /** Undefined where the address is the content path. */
  shown?: Shown
}

/** The content path as it was asked for, before names were resolved. */
export const askedPath = ({ path, shown }: GatewayRequest): readonly string[] => shown?.asked ?? path

/** The segments that the address shows behind its host. */
export const addressPath = (request: GatewayRequest): readonly string[] =>
  request.shown?.isolated === true ? request.shown.asked.slice(2) : askedPath(request)

/** RFC 9111, 5.2.1.7: what is not here is asked of nobody. */
export const isOnlyIfCached = ({ headers }: Pick<GatewayRequest, 'headers'>): boolean =>
  headers.cacheControl?.includes('only-if-cached') === true

/** Whether the origin is this root's alone, so that its pages may be themselves. */
export const isIsolated = ({ shown }: GatewayRequest): boolean => shown?.isolated === true
