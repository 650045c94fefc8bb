import type { IncomingMessage } from 'node:http'
import { MAX_RECORD_BYTES } from '@packages/content/ipns/ipns-record'
import { HoldfastError } from '@packages/shared/holdfast-error'
import { IPNS_RECORD } from '../plan/plan-ipns-record.ts'
import { planOwn } from '../plan/plan-own.ts'
import { planPreflight } from '../plan/plan-preflight.ts'
import { planNoRecord, planRoutingRecord } from '../plan/plan-routing-record.ts'
import type { ResponsePlan } from '../plan/response-plan.ts'
import { ALLOWED_METHODS } from '../plan/shared-headers.ts'
import { parseTarget } from '../request/parse-target.ts'
import { rawRest } from '../request/raw-rest.ts'
import { readBody } from '../request/read-body.ts'
import type { RequestHeaders } from '../request/read-headers.ts'
import { keyNameOf } from '../request/root-label.ts'
import { nameError } from './name-error.ts'
import type { NameDeps } from './respond-name.ts'
import { type PeersDeps, respondPeers } from './respond-peers.ts'

export type RoutingDeps = PeersDeps & Pick<NameDeps, 'ipns'>

/** `client` is the address that it came from. */
type RoutingRequest = { request: IncomingMessage; client: string }

const METHODS = 'GET, HEAD, PUT, OPTIONS'
const TARGET = /^(?:https?:\/\/[^/?#]*)?\/routing\/v1\//i
const ACCEPTED = /(?:^|[\s,])(?:application\/vnd\.ipfs\.ipns-record|\*\/\*)(?=$|[\s,;])/i

export const isRoutingTarget = (target: string): boolean => TARGET.test(target)

/** Delegated Routing V1 for what this platform holds, and the IPNS names that it answers for. */
export const respondRouting = async (
  method: string,
  headers: RequestHeaders,
  { request, client }: RoutingRequest,
  deps: RoutingDeps,
): Promise<ResponsePlan> => {
  if (method === 'OPTIONS') return planPreflight()
  const url = request.url ?? ''
  const { path } = parseTarget(url)
  const [, , kind, name = ''] = path
  if (kind === 'dht') throw new HoldfastError('not_supported', { detail: 'This gateway has no DHT to ask.' })
  if (path.length !== 4 || name === '' || (kind !== 'ipns' && kind !== 'providers' && kind !== 'peers'))
    throw new HoldfastError('invalid_request', { detail: 'There are /routing/v1/providers, /peers and /ipns.' })
  if (kind !== 'ipns') {
    if (method !== 'GET' && method !== 'HEAD')
      throw new HoldfastError('method_not_allowed', { headers: { Allow: ALLOWED_METHODS } })
    return respondPeers({ method, accept: headers.accept, kind, id: name, query: rawRest(url, 0).query }, deps)
  }
  return respondIpns(method, headers, { name, request, client, ipns: deps.ipns })
}

type IpnsAsked = RoutingRequest & { name: string; ipns: NameDeps['ipns'] }

const respondIpns = async (
  method: string,
  headers: RequestHeaders,
  { name, request, client, ipns }: IpnsAsked,
): Promise<ResponsePlan> => {
  const key = keyNameOf(name)
  if (key === undefined) throw new HoldfastError('invalid_request', { detail: 'This is no IPNS name.' })
  if (method === 'PUT') return publish(key, request, ipns)
  if (method !== 'GET' && method !== 'HEAD')
    throw new HoldfastError('method_not_allowed', { headers: { Allow: METHODS } })
  if (!ACCEPTED.test(headers.accept ?? ''))
    throw new HoldfastError('not_acceptable', { detail: `Ask with Accept: ${IPNS_RECORD}` })
  const answer = await ipns.record(key, client)
  if ('failure' in answer) throw nameError(answer)
  if (answer.record === null) return planNoRecord(method)
  const { validUntil, ttl } = answer
  const asked = { method, ifNoneMatch: headers.ifNoneMatch, now: Date.now() }
  const plan = planRoutingRecord(asked, { record: Buffer.from(answer.record, 'base64'), ttl, validUntil })
  return { ...plan, about: { cids: [], names: [key] } }
}

/** A newer record of a name that the operator has registered; its signature is all that it needs. */
const publish = async (key: string, request: IncomingMessage, ipns: NameDeps['ipns']): Promise<ResponsePlan> => {
  if (!(request.headers['content-type'] ?? '').toLowerCase().startsWith(IPNS_RECORD))
    throw new HoldfastError('not_acceptable', { detail: `Send with Content-Type: ${IPNS_RECORD}` })
  const record = await readBody(request, MAX_RECORD_BYTES)
  const answer = await ipns.publish(key, record)
  if ('failure' in answer) throw nameError(answer)
  if (answer.published) return planOwn('PUT', 200, 'text/plain; charset=utf-8', 'The record is in force.\n')
  if (answer.registered) throw new HoldfastError('invalid_request', { detail: answer.problem })
  throw new HoldfastError('forbidden', { detail: answer.problem })
}
