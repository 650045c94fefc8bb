import { MissingBlockError } from '@packages/content/unixfs/dag-errors'
import { parseCid } from '@packages/shared/cid'
import { HoldfastError } from '@packages/shared/holdfast-error'
import { percentEncode } from '../plan/percent-encode.ts'
import { planSiteRedirect } from '../plan/plan-site-redirect.ts'
import type { Redirects } from '../redirects/read-redirects.ts'
import { fillTarget, isMove, matchRedirect, type RedirectMatch } from '../redirects/redirect-rules.ts'
import { addressPath, askedPath, type GatewayRequest, isIsolated, isOnlyIfCached } from '../request/gateway-request.ts'
import { negotiateFormat } from '../request/negotiate-format.ts'
import { rawRest } from '../request/raw-rest.ts'
import { type RespondDeps, respond } from './respond.ts'
import type { Response } from './response.ts'
import { withServedTree } from './served-tree.ts'

export type RedirectDeps = RespondDeps & {
  redirects: Redirects
  /** Whether sites may redirect to other hosts. */
  redirectsElsewhere: boolean
}

/** Not in the DAG. Where a block is missing nobody knows: another page in its place would be kept for ever. */
const isNotFound = (error: unknown): error is HoldfastError =>
  error instanceof HoldfastError && error.code === 'not_found' && !(error instanceof MissingBlockError)

/** Rules of a site are for what it shows, in an origin of its own ("Same-Origin Requirement"); other formats are of the DAG. */
const hasRules = (request: GatewayRequest): boolean =>
  isIsolated(request) && negotiateFormat(request.query.format, request.headers.accept).format === 'file'

/**
 * A content path; where nothing is found there, what the site's `_redirects` says of it ("No Forced Redirects": what exists is
 * served whatever the file says).
 * @param url the target as it was written
 */
export const respondOrRedirect = async (
  request: GatewayRequest,
  url: string,
  deps: RedirectDeps,
): Promise<Response> => {
  try {
    return await respond(request, deps)
  } catch (error) {
    if (!isNotFound(error) || !hasRules(request)) throw error
    const sources = isOnlyIfCached(request) ? { ...deps, network: null } : deps
    const response = await redirected(request, url, sources)
    if (response === undefined) throw error
    return response
  }
}

const redirected = async (request: GatewayRequest, url: string, deps: RedirectDeps): Promise<Response | undefined> => {
  // What the address shows behind the site's root; the root is what the host or the name leads to.
  const shown = askedPath(request).length - 2
  const root = request.path.slice(0, request.path.length - shown)
  const rules = await rulesOf(root, deps)
  const match = rules === undefined ? undefined : matchRedirect(rules, addressPath(request))
  if (match === undefined) return undefined
  if (isMove(match.rule.status)) {
    const plan = planSiteRedirect(match, rawRest(url, 0).query, deps.redirectsElsewhere)
    return { plan: { ...plan, about: { cids: [parseCid(root[1] ?? '')], isDeep: true } } }
  }
  return rewritten(request, root, match, deps)
}

/** @returns undefined when the root is no directory, or is not held */
const rulesOf = async ([, cid = '', ...names]: readonly string[], { redirects, ...deps }: RedirectDeps) => {
  const root = parseCid(cid)
  try {
    return await withServedTree(root, deps, async (tree) => {
      const site = (await tree.directories.resolve(root, names)).at(-1) ?? root
      return redirects.of(site, tree)
    })
  } catch (error) {
    if (error instanceof HoldfastError && (error.code === 'not_found' || error.code === 'not_supported'))
      return undefined
    throw error
  }
}

/** Another page of the site under the address that was asked for, with the status that the rule says. */
const rewritten = async (
  request: GatewayRequest,
  root: readonly string[],
  match: RedirectMatch,
  deps: RedirectDeps,
): Promise<Response> => {
  const { status } = match.rule
  const target = fillTarget(match, percentEncode).split(/[?#]/, 1)[0] ?? ''
  const path = [...root, ...target.slice(1).split('/').map(decoded)]
  const isError = status !== 200
  // A page that says that there is nothing is sent whole, whatever a client has of it.
  const headers = isError
    ? { ...request.headers, range: undefined, ifNoneMatch: undefined, ifMatch: undefined }
    : request.headers
  const { plan, basis } = await pageAt({ ...request, headers, path }, isError, deps)
  if (plan.status === 200 && isError) return { plan: { ...plan, status } }
  return basis === undefined || isError ? { plan } : { plan, basis }
}

/**
 * A folder is redirected to its slash, for the links of its page. An address that has one already would be sent on for ever, and an error's page is shown
 * where the error is.
 */
const pageAt = async (request: GatewayRequest, isError: boolean, deps: RedirectDeps): Promise<Response> => {
  const response = await respond(request, deps)
  const stays = isError || addressPath(request).at(-1) === ''
  return response.plan.status === 301 && stays ? respond({ ...request, path: [...request.path, ''] }, deps) : response
}

const decoded = (segment: string): string => {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}
