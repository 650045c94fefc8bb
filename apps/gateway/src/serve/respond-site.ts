import { planMove } from '../plan/plan-move.ts'
import { planPreflight } from '../plan/plan-preflight.ts'
import { planToCanonicalHost, planToSubdomain } from '../plan/plan-to-subdomain.ts'
import { planUri } from '../plan/plan-uri.ts'
import { withVary } from '../plan/with-vary.ts'
import type { GatewayRequest } from '../request/gateway-request.ts'
import { rawRest } from '../request/raw-rest.ts'
import { keyNameOf, readLabel } from '../request/root-label.ts'
import type { Site } from '../request/site.ts'
import { respond } from './respond.ts'
import { type NameDeps, respondName } from './respond-name.ts'
import { respondOrRedirect } from './respond-redirects.ts'
import type { Response } from './response.ts'

/** A request, where it came to, and from which address. `url` is the target as it was written. */
export type SiteRequest = { request: GatewayRequest; site: Site; url: string; secure: boolean; client: string }

const namespaceOf = ([first]: readonly string[]): 'ipfs' | 'ipns' | undefined =>
  first === 'ipfs' || first === 'ipns' ? first : undefined

/**
 * From a request on its host to one for a content path: what the host says is put in front of the path. Where the address leaves the format open, the Accept
 * header has a say, the default included.
 */
export const respondOnSite = async (asked: SiteRequest, deps: NameDeps): Promise<Response> => {
  const response = await respondThere(asked, deps)
  const { plan } = response
  if (plan.about === undefined || (asked.request.query.format ?? '') !== '') return response
  return { ...response, plan: { ...plan, headers: withVary(plan.headers, 'Accept') } }
}

const respondThere = (asked: SiteRequest, deps: NameDeps): Response | Promise<Response> => {
  const { request, site } = asked
  if (request.method === 'OPTIONS') return { plan: planPreflight() }
  if (site.kind === 'content') return respondOnSubdomain(asked, site, deps)
  if (site.kind === 'dnslink') return respondName(under(request, ['ipns', site.name], undefined), asked, deps)
  const namespace = namespaceOf(request.path)
  const [, root = ''] = request.path
  if (namespace === undefined) return respond(request, deps)
  if (root === '' && request.query.uri !== undefined) return { plan: planUri(request.query.uri) }
  if (root !== '' && site.kind === 'gateway')
    return { plan: planToSubdomain(namespace, root, { ...asked, gateway: site.host }) }
  return namespace === 'ipns' ? respondNameOnPath(asked, deps) : respond(request, deps)
}

/** A key in another spelling than the one that all share is redirected to that one. */
const respondNameOnPath = (asked: SiteRequest, deps: NameDeps): Response | Promise<Response> => {
  const { request, url } = asked
  const [, root = ''] = request.path
  const key = keyNameOf(root)
  if (key === undefined || key === root) return respondName(request, asked, deps)
  const { path, query } = rawRest(url, 2)
  return { plan: planMove(302, `/ipns/${key}${path}${query}`) }
}

const respondOnSubdomain = (
  asked: SiteRequest,
  { namespace, label, gateway }: Extract<Site, { kind: 'content' }>,
  deps: NameDeps,
): Response | Promise<Response> => {
  const { root, canonical } = readLabel(namespace, label)
  if (canonical !== label) return { plan: planToCanonicalHost(namespace, canonical, { ...asked, gateway }) }
  const request = under(asked.request, [namespace, root], gateway)
  return namespace === 'ipns' ? respondName(request, asked, deps) : respondOrRedirect(request, asked.url, deps)
}

const under = (
  request: GatewayRequest,
  root: readonly [string, string],
  gateway: string | undefined,
): GatewayRequest => {
  const path = [...root, ...request.path]
  return { ...request, path, shown: { asked: path, isolated: true, ...(gateway === undefined ? {} : { gateway }) } }
}
