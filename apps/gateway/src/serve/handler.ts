import type { IncomingMessage, ServerResponse } from 'node:http'
import { HoldfastError } from '@packages/shared/holdfast-error'
import { isHost } from '@packages/shared/is-host'
import { isHttp1, namesOneHost } from '@packages/shared/names-one-host'
import type { MinimalLogger } from '@packages/runtime/minimal-logger'
import { SparseLog } from '@packages/runtime/sparse-log'
import type { CID } from 'multiformats/cid'
import type { Denylist } from '../denylist/denylist.ts'
import type { Gate } from '../gates/gate.ts'
import { withoutToken } from '../gates/read-visitor.ts'
import { withoutScripts } from '../plan/content-safety.ts'
import { keepOwn } from '../plan/keep-own.ts'
import { keepPrivate } from '../plan/keep-private.ts'
import { planError } from '../plan/plan-error.ts'
import { ALLOWED_METHODS } from '../plan/shared-headers.ts'
import type { ResponsePlan } from '../plan/response-plan.ts'
import { withVary } from '../plan/with-vary.ts'
import { parseTarget } from '../request/parse-target.ts'
import type { TrustedProxies } from '../request/client-address.ts'
import { type RequestHeaders, readHeaders } from '../request/read-headers.ts'
import type { GatewayMethod } from '../request/gateway-request.ts'
import { originOf, type RequestOrigin } from '../request/origin-of-request.ts'
import { PATH, type Site, type Sites } from '../request/site.ts'
import { asKnown } from './as-known.ts'
import { enterGate, type GateDeps } from './enter-gate.ts'
import type { NameDeps } from './respond-name.ts'
import { isDomainQuestion, respondDomain } from './respond-domain.ts'
import { isRoutingTarget, type RoutingDeps, respondRouting } from './respond-routing.ts'
import { respondThroughGate } from './respond-gate.ts'
import { respondOnSite } from './respond-site.ts'
import { hasFiles, isFilesTarget, isOwnDomain, siteFor } from './site-for.ts'
import type { NetworkTree } from './served-tree.ts'
import type { Fetcher } from '../worker/network-question.ts'
import { forwardedOf } from '../request/file-credentials.ts'
import { readFile } from './read-file.ts'
import type { LinkedResponses } from './linked-responses.ts'
import type { Passage } from './passage.ts'
import type { RespondFilesDeps } from './respond-files.ts'
import { RepeatedAnswers } from './repeated-answers.ts'
import { bytesOf, type SendDeps, send } from './send.ts'
import type { AskedThrough, SharedCaches } from './shared-caches.ts'
import { isPlain, WarmPlans } from './warm-plans.ts'
import type { Withdrawals } from './withdrawals.ts'

const WARM_BYTES = 16 * 1024 * 1024

/** What one request may have of the network. */
export type FetchFor = (fetcher: Fetcher, response: ServerResponse) => NetworkTree

export type HandlerDeps = Omit<NameDeps, 'network'> &
  RoutingDeps &
  Omit<RespondFilesDeps, 'network'> &
  GateDeps &
  Omit<SendDeps, 'onBroken' | 'headersOf'> & {
    logger: MinimalLogger
    linked: LinkedResponses
    proxies: TrustedProxies
    sites: Sites
    /** What shared caches in front are told; null where there are none. */
    sharedCaches: SharedCaches | null
    withdrawals: Withdrawals
    denylist: Pick<Denylist, 'onChange'>
    /** Null in mode `pinned`. */
    network: FetchFor | null
  }

/** What a warm plan is found by: the address as it was written, behind the host where that has a say in it. */
const warmKey = (site: Site, url: string, gate: Gate | undefined): string =>
  site.kind === 'path' ? url : `${gate?.version ?? site.host} ${url}`

/** Through a gateway that not everybody may use, or that counts who comes: for who has asked alone. */
const forVisitor = (plan: ResponsePlan, gate: Gate | undefined): ResponsePlan => {
  if (gate?.isRestricted === true) return keepPrivate(plan)
  return gate?.isCounted === true ? keepOwn(plan) : plan
}

const isMethod = (method: string): method is GatewayMethod =>
  method === 'GET' || method === 'HEAD' || method === 'OPTIONS'

/** Codes of 5xx that strangers can make at will: they say nothing of this platform's health. */
const QUIET: ReadonlySet<string> = new Set([
  'not_supported',
  'name_not_resolved',
  'invalid_redirects',
  'too_many_fetches',
  'fetch_timeout',
])

type Came = {
  method: string
  headers: RequestHeaders
  site: Site
  /** The gateway of an organization that it came by, which has let it in. */
  gate: Gate | undefined
  origin: RequestOrigin
}

/** Undefined where it was not read so far. */
type Delivered = Pick<Came, 'method' | 'headers'> & { asked: AskedThrough | undefined }

/** The request listener of one worker. */
export const createHandler = (deps: HandlerDeps): ((request: IncomingMessage, response: ServerResponse) => void) => {
  const warm = new WarmPlans(WARM_BYTES)
  // Rules may be about a path, or what lies between its root and the file: who asks for these two alone does not hear of them.
  deps.denylist.onChange(() => warm.clear())
  /** Two: plans of a gateway are those of its domains, and are sent with other headers there. */
  const [repeated, repeatedOnDomains] = [new RepeatedAnswers(), new RepeatedAnswers()]
  const sparse = new SparseLog()
  const sendDeps: SendDeps = {
    ...deps,
    onBroken: (err) => sparse.tell('cut', (leftOut) => deps.logger.error({ err, leftOut }, 'a response was cut short')),
  }
  const pinned = { ...deps, network: null }
  /** By which protocol a domain is reached is for its owner to say, of hosts below it all the more. */
  const onDomain: SendDeps = { ...sendDeps, hsts: null }

  /** What is denied or damaged meanwhile is refused with its reason where the plan is made anew. */
  const isHeld = (cid: CID): boolean => {
    try {
      return deps.content.holds(cid)
    } catch {
      return false
    }
  }

  /** The plan of an earlier, equal request, when all that it was made from still holds. */
  const warmPlan = (key: string): { entry: object; plan: ResponsePlan } | undefined => {
    const entry = warm.get(key)
    if (entry === undefined || !isHeld(entry.basis.cid)) return undefined
    const { canonical, name, still } = entry.basis
    const content = deps.content.cached(canonical)
    const current = content !== undefined && (still === undefined || still())
    if (current && (name === undefined || deps.names.knows(canonical, name)))
      return { entry, plan: { ...entry.plan, body: { content, ...entry.slice } } }
    warm.delete(key)
    return undefined
  }

  const answer = async (
    { method, headers, site, gate, origin }: Came,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<ResponsePlan> => {
    const target = request.url ?? ''
    if (hasFiles(site) && isFilesTarget(target)) {
      const failed = (error: unknown): ResponsePlan => failure(method, headers, error)
      return readFile({ method, headers, request, response }, { ...pinned, failed })
    }
    const client = deps.proxies.clientOf(request.socket.remoteAddress ?? '', forwardedOf(request.rawHeaders))
    try {
      if (hasFiles(site) && isDomainQuestion(target)) return respondDomain(method, target, deps.gates)
      if (hasFiles(site) && isRoutingTarget(target))
        return await respondRouting(method, headers, { request, client }, deps)
      if (!isMethod(method)) throw new HoldfastError('method_not_allowed', { headers: { Allow: ALLOWED_METHODS } })
      const { path, query } = parseTarget(target)
      const asked = { request: { method, path, query, headers }, site, url: target, secure: origin.secure, client }
      const fetcher = { client, gate: gate?.settings.id ?? null }
      const sources = deps.network === null ? pinned : { ...deps, network: deps.network(fetcher, response) }
      const { plan, basis } =
        gate === undefined ? await respondOnSite(asked, sources) : await respondThroughGate(asked, gate, sources)
      if (basis !== undefined && method === 'GET' && plan.status === 200 && isPlain(headers))
        warm.set(warmKey(site, target, gate), forVisitor(plan, gate), {
          basis,
          cached: deps.content.cached(basis.canonical),
        })
      return forVisitor(plan, gate)
    } catch (error) {
      return forVisitor(failure(method, headers, error), gate)
    }
  }

  const failure = (method: string, headers: RequestHeaders, error: unknown): ResponsePlan => {
    const known = asKnown(error, headers)
    if (known.status >= 500 && !QUIET.has(known.code))
      sparse.tell(known.code, (leftOut) => deps.logger.error({ err: error, leftOut }, 'a request failed'))
    return planError(method, headers.accept, known)
  }

  const deliver = async (response: ServerResponse, plan: ResponsePlan, { method, headers, asked }: Delivered) => {
    const how = howFor(asked)
    try {
      await send(response, plan, how)
    } catch (error) {
      if (!response.destroyed) await send(response, failure(method, headers, error), how)
    }
  }

  const howFor = (asked: AskedThrough | undefined): SendDeps => {
    if (asked === undefined) return sendDeps
    const how = isOwnDomain(asked.site) ? onDomain : sendDeps
    const { sharedCaches } = deps
    return sharedCaches === null ? how : { ...how, headersOf: (plan) => sharedCaches.headersOf(plan, asked) }
  }

  return (request, response) => {
    const { method = '' } = request
    const headers = readHeaders(request.rawHeaders)
    const spoken = isHttp1(request.httpVersion)
    if (!spoken || !namesOneHost(request.rawHeaders, request.httpVersion)) {
      const detail = spoken ? 'There must be one Host header.' : 'HTTP/1.1 is spoken here.'
      const error = new HoldfastError('invalid_request', { detail })
      void deliver(response, { ...failure(method, headers, error), close: true }, { method, headers, asked: undefined })
      return
    }
    const { socket, rawHeaders } = request
    const peer = socket.remoteAddress ?? ''
    const origin = originOf(
      { url: request.url ?? '', rawHeaders, peer, encrypted: 'encrypted' in socket },
      deps.proxies,
    )
    if (origin.host !== undefined && !isHost(origin.host)) {
      const error = new HoldfastError('invalid_request', { detail: 'What the request was sent to is no host.' })
      void deliver(response, { ...failure(method, headers, error), close: true }, { method, headers, asked: undefined })
      return
    }
    let site = siteFor(origin.host, deps)
    const asked: AskedThrough = { site, host: origin.host, withdrawals: deps.withdrawals.count }
    let passage: Passage | undefined
    const gate = site.kind === 'organization' ? deps.gates.of(site.name) : undefined
    if (site.kind === 'organization') {
      if (gate === undefined) {
        site = PATH
        // Of a gateway that is gone: what its visitors still send leads nowhere.
        request.url = withoutToken(request.url ?? '').url
      } else
        try {
          passage = enterGate({ gate, site }, request, response, deps)
        } catch (error) {
          void deliver(
            response,
            { ...keepPrivate(failure(method, headers, error)), close: headers.hasBody },
            { method, headers, asked },
          )
          return
        }
    }
    const safe = (made: ResponsePlan): ResponsePlan => {
      const plan = passage?.addressHoldsToken === true ? withoutScripts(made) : made
      return origin.isForwarded ? { ...plan, headers: withVary(plan.headers, 'X-Forwarded-Host') } : plan
    }
    const { url = '' } = request
    const ready = method === 'GET' && isPlain(headers) ? warmPlan(warmKey(site, url, gate)) : undefined
    if (ready !== undefined) {
      const { entry, plan } = ready
      const body = deps.sharedCaches === null ? bytesOf(plan.body) : undefined
      const made = safe(plan)
      const answers = isOwnDomain(site) ? repeatedOnDomains : repeated
      if (body === undefined || made !== plan) void deliver(response, made, { method, headers, asked })
      else if (!answers.send(response, entry, body)) {
        void deliver(response, plan, { method, headers, asked })
        answers.remember(response, entry, body)
      }
      passage?.followRest()
      return
    }
    passage?.follow()
    void answer({ method, headers, site, gate, origin }, request, response).then((plan) => {
      if (!response.destroyed)
        return deliver(response, safe(headers.hasBody ? { ...plan, close: true } : plan), { method, headers, asked })
    })
  }
}
