import { canonicalCid, CODEC_DAG_PB, CODEC_RAW, parseCid } from '@packages/shared/cid'
import { HoldfastError } from '@packages/shared/holdfast-error'
import type { CID } from 'multiformats/cid'
import type { ServedTree } from '../content/held-content.ts'
import type { NameCache } from '../content/name-cache.ts'
import { askedBy } from '../denylist/asked-by.ts'
import type { Denylist } from '../denylist/denylist.ts'
import { planFile } from '../plan/plan-file.ts'
import { planHealth } from '../plan/plan-health.ts'
import { planHome } from '../plan/plan-home.ts'
import { planPreflight } from '../plan/plan-preflight.ts'
import type { ResponsePlan } from '../plan/response-plan.ts'
import { type GatewayRequest, isIsolated, isOnlyIfCached } from '../request/gateway-request.ts'
import { readCarParameters } from '../request/car-parameters.ts'
import { isDocumentCodec } from '../request/negotiate-document.ts'
import { type Negotiated, negotiateFormat } from '../request/negotiate-format.ts'
import { respondFormat } from './respond-format.ts'
import { respondPath } from './respond-path.ts'
import type { Response } from './response.ts'
import { type ServedTreeDeps, withServedTree } from './served-tree.ts'

const isUnixfs = ({ code }: CID): boolean => code === CODEC_RAW || code === CODEC_DAG_PB

const isJson = ({ status, headers }: ResponsePlan): boolean =>
  status >= 300 || /^application\/json\b/.test(headers[headers.indexOf('Content-Type') + 1] ?? '')

export type RespondDeps = ServedTreeDeps & {
  names: NameCache
  /** What the operator has denied, whatever is held. */
  denylist: Pick<Denylist, 'check' | 'checkBelow' | 'pathCheck'>
  /** Milliseconds since the primary last said how far the policy log goes. */
  policyAgeMs(): number
}

/** From a decoded request to a plan: looks up what the planners need to know, and decides nothing else. */
export const respond = (request: GatewayRequest, deps: RespondDeps): Response | Promise<Response> => {
  if (request.method === 'OPTIONS') return { plan: planPreflight() }
  const [first, second] = request.path
  if (first === 'ipfs') return respondContent(request, deps)
  if (first === '' && request.path.length === 1)
    return { plan: planHome(request.method, { fetches: deps.network !== null }) }
  if (first === 'health' && request.path.length === 2) {
    const plan = planHealth(request.method, second, deps.policyAgeMs())
    if (plan !== undefined) return { plan }
  }
  throw new HoldfastError('not_found')
}

const respondContent = async (request: GatewayRequest, deps: RespondDeps): Promise<Response> => {
  // Path gateway specification, "Service-Worker (request header)": a worker of one content must not rule another.
  if (request.headers.serviceWorker !== undefined && !isIsolated(request))
    throw new HoldfastError('invalid_request', { detail: 'Service workers cannot be registered on a path.' })
  const [, root = '', ...below] = request.path
  // A trailing slash on a root adds nothing to it.
  const rest = below.length === 1 && below[0] === '' ? [] : below
  if (root === '') throw new HoldfastError('invalid_path', { detail: 'The path has no CID.' })
  const cid = parseCid(root)
  const { ledBy } = request.shown ?? {}
  for (const asked of askedBy(cid, rest, ledBy)) deps.denylist.check(asked)
  const { format, byAccept } = negotiateFormat(request.query.format, request.headers.accept)
  if (format === 'ipns-record')
    throw new HoldfastError('invalid_request', { detail: 'IPNS records are found under /ipns only.' })
  const names = rest.at(-1) === '' ? rest.slice(0, -1) : rest
  const whole = isWhole(request, format) ? askedBy(cid, names, ledBy) : []
  for (const asked of whole) deps.denylist.checkBelow(asked)
  const checkPath = whole.length === 0 ? undefined : deps.denylist.pathCheck(whole)
  const answer = (tree: ServedTree): Promise<Response> => {
    if (format === 'file' || (format === 'json' && isUnixfs(cid)))
      return respondFile(request, { cid, rest }, tree, deps)
    const asked = { root: cid, names, checkPath }
    return respondFormat(request, asked, { format, byAccept }, tree).then((plan) => ({ plan }))
  }
  // The access decision comes before every cache.
  const sources = isOnlyIfCached(request) ? { ...deps, network: null } : deps
  const response = await withServedTree(cid, sources, answer)
  if (response === undefined) throw notHeld(request)
  // Path gateway specification, "application/json": of UnixFS files those that are JSON.
  if (format === 'json' && isUnixfs(cid) && !isJson(response.plan)) throw new HoldfastError('not_acceptable')
  return response
}

const respondFile = async (
  request: GatewayRequest,
  { cid, rest }: { cid: CID; rest: string[] },
  tree: ServedTree,
  deps: RespondDeps,
): Promise<Response> => {
  const check = (page: readonly string[]): void => {
    for (const asked of askedBy(cid, page, request.shown?.ledBy)) deps.denylist.check(asked)
  }
  if (isDocumentCodec(cid.code)) return respondPath(request, cid, tree, check)
  if (!isUnixfs(cid))
    throw new HoldfastError('not_supported', {
      detail: 'Only UnixFS files and directories are served yet; try `?format=raw`.',
    })
  const opened = tree.fileOrDirectory(cid)
  const file = opened instanceof Promise ? await opened : opened
  if (file === 'directory') return respondPath(request, cid, tree, check)
  // Names are kept in NFC; what a client typed may be composed otherwise.
  const name = rest[0]?.normalize('NFC')
  const canonical = canonicalCid(cid)
  if (name !== undefined) await requireName(canonical, rest.length === 1 ? name : '', deps.names)
  return { plan: planFile(request, { ...file, cid }, name), basis: { cid, canonical, name } }
}

/** All that is below the path. */
const isWhole = ({ query, headers }: GatewayRequest, format: Negotiated['format']): boolean =>
  format === 'tar' || (format === 'car' && readCarParameters(query.car, headers.accept).scope === 'all')

/** A file has nothing below it, except the names that public files of this CID were given here. */
const requireName = async (canonical: string, name: string, names: NameCache): Promise<void> => {
  const found = name !== '' && (await names.has(canonical, name))
  if (found === null) throw new HoldfastError('unavailable', { headers: { 'Retry-After': '2' } })
  if (!found)
    throw new HoldfastError('not_found', { detail: 'The CID is a file, and no public file here has that name.' })
}

const notHeld = (request: GatewayRequest): HoldfastError =>
  isOnlyIfCached(request)
    ? new HoldfastError('precondition_failed', { detail: 'This gateway does not have it.' })
    : new HoldfastError('not_found', { detail: 'This gateway serves what is pinned here, and this is not.' })
