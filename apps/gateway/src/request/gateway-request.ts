import type { RequestHeaders } from './read-headers.ts'
import type { TargetQuery } from './parse-target.ts'

export type GatewayMethod = 'GET' | 'HEAD' | 'OPTIONS'

/** One request as the planners see it: decoded, bounded, and nothing of the socket. */
export type GatewayRequest = {
  method: GatewayMethod
  /** Decoded segments; a trailing slash is an empty last one. */
  path: readonly string[]
  query: TargetQuery
  headers: RequestHeaders
}
