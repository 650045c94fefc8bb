import type { IncomingHttpHeaders } from 'node:http'
import { HoldfastError } from '@packages/shared/holdfast-error'

const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE'])

/**
 * A cookie is sent by the browser whoever made it ask; so a change needs proof that our own page asked:
 * `Sec-Fetch-Site: same-origin`, or our `Origin` from browsers without it. Credentials in a header need none.
 * @throws HoldfastError `cross_site_request`
 */
export const refuseCrossSite = (method: string, headers: IncomingHttpHeaders, publicOrigin: string): void => {
  if (SAFE_METHODS.has(method)) return
  const site = headers['sec-fetch-site']
  if (site === undefined ? headers.origin === publicOrigin : site === 'same-origin') return
  throw new HoldfastError('cross_site_request', {
    detail: 'A request with the session cookie must come from the dashboard; programs use an API key.',
  })
}
