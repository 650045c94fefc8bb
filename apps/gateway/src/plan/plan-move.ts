import type { ResponsePlan } from './response-plan.ts'
import { EVERYWHERE } from './shared-headers.ts'

/** What the operator sets up may change: an old answer is asked for again the next day. */
const MOVED_CACHE = 'public, max-age=86400'

/** A redirect to another address of the same thing; `vary` names the headers that had a say in where. */
export const planMove = (status: 301 | 302, location: string, vary?: string): ResponsePlan => {
  const headers = ['Location', location, 'Content-Length', '0', 'Cache-Control', MOVED_CACHE, ...EVERYWHERE]
  if (vary !== undefined) headers.push('Vary', vary)
  return { status, headers, body: null }
}
