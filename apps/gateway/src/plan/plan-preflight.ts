import type { ResponsePlan } from './response-plan.ts'
import { EVERYWHERE } from './shared-headers.ts'

export const ALLOWED_METHODS = 'GET, HEAD, OPTIONS'

/** The answer to OPTIONS: any origin may read, with the headers that a reader needs. */
export const planPreflight = (): ResponsePlan => ({
  status: 204,
  headers: [
    'Allow',
    ALLOWED_METHODS,
    'Access-Control-Allow-Methods',
    ALLOWED_METHODS,
    'Access-Control-Allow-Headers',
    'Accept, Cache-Control, Content-Type, If-None-Match, If-Range, Range, User-Agent, X-Requested-With',
    'Access-Control-Max-Age',
    '86400',
    ...EVERYWHERE,
  ],
  body: null,
})
