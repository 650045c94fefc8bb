import type { ResponsePlan } from './response-plan.ts'
import { ALLOWED_METHODS, EVERYWHERE } from './shared-headers.ts'

/** The answer to OPTIONS: any origin may read, with the headers that a reader needs. */
export const planPreflight = (): ResponsePlan => ({
  status: 204,
  headers: ['Allow', ALLOWED_METHODS, 'Access-Control-Max-Age', '86400', ...EVERYWHERE],
  body: null,
})
