import type { IncomingHttpHeaders } from 'node:http'
import { HoldfastError } from '@packages/shared/holdfast-error'

const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE'])

export type CrossSiteFacts = { method: string; url: string; headers: IncomingHttpHeaders }

/**
 * Pure. A browser sends cookies whoever made it ask, and cookies know no ports: a page of another program on this host is the same
 * site. So a change that carries any cookie needs proof that our own page asked. Without a cookie a foreign page may
 * still sign its visitor in as somebody else (login CSRF): changes without a credential in a header are refused it as well, and all of
 * better-auth's, which answer with cookies. Programs send neither header, and no cookie.
 * @throws HoldfastError `cross_site_request`
 */
export const refuseCrossSite = ({ method, url, headers }: CrossSiteFacts, publicOrigin: string): void => {
  if (SAFE_METHODS.has(method)) return
  const { origin, cookie, authorization } = headers
  const site = headers['sec-fetch-site']
  const isForeign = site === undefined ? origin !== undefined && origin !== publicOrigin : site !== 'same-origin'
  const isUnproven = site === undefined && origin === undefined
  const isSignIn = authorization === undefined || url.startsWith('/api/auth/')
  const isRefused = cookie === undefined ? isForeign && isSignIn : isForeign || isUnproven
  if (!isRefused) return
  throw new HoldfastError('cross_site_request', {
    detail: 'A change by cookie, and a sign-in of a browser, must come from the dashboard; programs use an API key.',
  })
}
