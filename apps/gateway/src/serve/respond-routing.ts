import type { IncomingMessage } from 'node:http'
import { MAX_RECORD_BYTES } from '@packages/content/ipns/ipns-record'
import { HoldfastError } from '@packages/shared/holdfast-error'
import { IPNS_RECORD } from '../plan/plan-ipns-record.ts'
import { planOwn } from '../plan/plan-own.ts'
import { planPreflight } from '../plan/plan-preflight.ts'
import { planNoRecord, planRoutingRecord } from '../plan/plan-routing-record.ts'
import type { ResponsePlan } from '../plan/response-plan.ts'
import { parseTarget } from '../request/parse-target.ts'
import { readBody } from '../request/read-body.ts'
import type { RequestHeaders } from '../request/read-headers.ts'
import { keyNameOf } from '../request/root-label.ts'
import type { NameDeps } from './respond-name.ts'

const METHODS = 'GET, HEAD, PUT, OPTIONS'
const TARGET = /^(?:https?:\/\/[^/?#]*)?\/routing\/v1\//i
const ACCEPTED = /(?:^|[\s,])(?:application\/vnd\.ipfs\.ipns-record|\*\/\*)(?=$|[\s,;])/i

export const isRoutingTarget = (target: string): boolean => TARGET.test(target)

const unavailable = (detail: string): HoldfastError =>
  new HoldfastError('unavailable', { detail, headers: { 'Retry-After': '5' } })

/** Delegated Routing V1 for the IPNS names that this platform answers for. */
export const respondRouting = async (
  method: string,
  headers: RequestHeaders,
  request: IncomingMessage,
  { ipns }: Pick<NameDeps, 'ipns'>,
): Promise<ResponsePlan> => {
  if (method === 'OPTIONS') return planPreflight()
  const { path } = parseTarget(request.url ?? '')
  const [, , kind, name = ''] = path
  if (kind !== 'ipns' || path.length !== 4)
    throw new HoldfastError('not_supported', { detail: 'Of delegated routing this gateway knows /routing/v1/ipns.' })
  const key = keyNameOf(name)
  if (key === undefined) throw new HoldfastError('invalid_request', { detail: 'This is no IPNS name.' })
  if (method === 'PUT') return publish(key, request, ipns)
  if (method !== 'GET' && method !== 'HEAD')
    throw new HoldfastError('method_not_allowed', { headers: { Allow: METHODS } })
  if (!ACCEPTED.test(headers.accept ?? ''))
    throw new HoldfastError('not_acceptable', { detail: `Ask with Accept: ${IPNS_RECORD}` })
  const answer = await ipns.record(key)
  if ('failure' in answer) throw unavailable(answer.detail)
  if (answer.record === null) return planNoRecord(method)
  const { validUntil, ttl } = answer
  const asked = { method, ifNoneMatch: headers.ifNoneMatch, now: Date.now() }
  return planRoutingRecord(asked, { record: Buffer.from(answer.record, 'base64'), ttl, validUntil })
}

/** A newer record of a name that the operator has registered; its signature is all that it needs. */
const publish = async (key: string, request: IncomingMessage, ipns: NameDeps['ipns']): Promise<ResponsePlan> => {
  if (!(request.headers['content-type'] ?? '').toLowerCase().startsWith(IPNS_RECORD))
    throw new HoldfastError('not_acceptable', { detail: `Send with Content-Type: ${IPNS_RECORD}` })
  const record = await readBody(request, MAX_RECORD_BYTES)
  const answer = await ipns.publish(key, record)
  if ('failure' in answer) throw unavailable(answer.detail)
  if (answer.published) return planOwn('PUT', 200, 'text/plain; charset=utf-8', 'The record is in force.\n')
  if (answer.registered) throw new HoldfastError('invalid_request', { detail: answer.problem })
  throw new HoldfastError('forbidden', { detail: answer.problem })
}
