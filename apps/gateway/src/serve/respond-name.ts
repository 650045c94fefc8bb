import { HoldfastError } from '@packages/shared/holdfast-error'
import type { Resolution, ResolvedNames } from '../content/resolved-names.ts'
import type { NameFailure } from '../names/name-question.ts'
import { planIpnsRecord } from '../plan/plan-ipns-record.ts'
import { presentName } from '../plan/present-name.ts'
import type { GatewayRequest } from '../request/gateway-request.ts'
import { negotiateFormat } from '../request/negotiate-format.ts'
import { keyNameOf } from '../request/root-label.ts'
import { isDomain } from '../request/site.ts'
import type { IpnsQuestions } from '../worker/ipns-questions.ts'
import { type RedirectDeps, respondOrRedirect } from './respond-redirects.ts'
import type { Response } from './response.ts'

export type NameDeps = RedirectDeps & { resolved: ResolvedNames; ipns: Pick<IpnsQuestions, 'record' | 'publish'> }

/** DNSLink gateway specification: 400 at the recursion limit. Path gateway specification: 5xx for names that do not resolve. */
const failed = ({ failure, detail }: NameFailure): HoldfastError => {
  if (failure === 'too-deep') return new HoldfastError('invalid_path', { detail })
  if (failure === 'unavailable') return new HoldfastError('unavailable', { detail, headers: { 'Retry-After': '5' } })
  return new HoldfastError('name_not_resolved', { detail, headers: { 'Retry-After': '30' } })
}

/** `/ipns/{name}/…`, on a path or on a host: where the name leads, with the name's own address and times. */
export const respondName = async (request: GatewayRequest, url: string, deps: NameDeps): Promise<Response> => {
  const [, written = '', ...rest] = request.path
  const key = keyNameOf(written)
  const name = key ?? written.toLowerCase()
  if (key === undefined && !isDomain(name))
    throw new HoldfastError('invalid_path', { detail: 'An IPNS name is a key, or a domain with a DNSLink.' })
  deps.denylist.check({ namespace: 'ipns', root: name, rest })
  const { format, byAccept } = negotiateFormat(request.query.format, request.headers.accept)
  if (format === 'ipns-record') return respondRecord(request, { key, rest, byAccept }, deps)
  const found = await deps.resolved.resolve(name)
  if ('failure' in found) throw failed(found)
  for (const [step, root] of found.names.entries())
    deps.denylist.check({ namespace: 'ipns', root, rest: [...(found.behind[step] ?? []), ...rest] })
  return respondResolved(request, { name, found, rest, url }, deps)
}

type Named = { name: string; found: Resolution; rest: readonly string[]; url: string }

const respondResolved = async (
  request: GatewayRequest,
  { name, found, rest, url }: Named,
  deps: NameDeps,
): Promise<Response> => {
  const ttl = found.maxAge()
  const shown = {
    isolated: false,
    ...request.shown,
    asked: ['ipns', name, ...rest],
    ...(ttl === undefined ? {} : { ttl }),
  }
  const named = { ...request, path: [...found.path, ...rest], shown }
  const { plan, basis } = await respondOrRedirect(named, url, deps)
  const presented = presentName(plan, named, found.names)
  if (basis === undefined) return { plan: presented }
  const still = (): boolean => deps.resolved.holds(name, found) && found.maxAge() === ttl
  return { plan: presented, basis: { ...basis, still } }
}

const respondRecord = async (
  request: GatewayRequest,
  { key, rest, byAccept }: { key: string | undefined; rest: readonly string[]; byAccept: boolean },
  { ipns }: NameDeps,
): Promise<Response> => {
  if (key === undefined || rest.some((segment) => segment !== ''))
    throw new HoldfastError('invalid_request', { detail: 'A record is that of an IPNS key, without a path behind it.' })
  const answer = await ipns.record(key)
  if ('failure' in answer) throw failed(answer)
  if (answer.record === null)
    throw failed({ failure: 'unresolved', detail: 'No record of this IPNS name is known here.' })
  const facts = { key, record: Buffer.from(answer.record, 'base64'), ttl: answer.ttl }
  return { plan: planIpnsRecord(request, facts, byAccept) }
}
