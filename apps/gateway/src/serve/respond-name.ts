import { HoldfastError } from '@packages/shared/holdfast-error'
import type { Resolution, ResolvedNames } from '../content/resolved-names.ts'
import { planIpnsRecord } from '../plan/plan-ipns-record.ts'
import { presentName } from '../plan/present-name.ts'
import type { GatewayRequest } from '../request/gateway-request.ts'
import { negotiateFormat } from '../request/negotiate-format.ts'
import { keyNameOf } from '../request/root-label.ts'
import { isDomain } from '../request/site.ts'
import type { IpnsQuestions } from '../worker/ipns-questions.ts'
import { nameError } from './name-error.ts'
import { type RedirectDeps, respondOrRedirect } from './respond-redirects.ts'
import type { Response } from './response.ts'

export type NameDeps = RedirectDeps & { resolved: ResolvedNames; ipns: Pick<IpnsQuestions, 'record' | 'publish'> }

/** The target as it was written, and the address that it is asked from. */
type AskedBy = { url: string; client: string }

/** `/ipns/{name}/…`, on a path or on a host: where the name leads, with the name's own address and times. */
export const respondName = async (
  request: GatewayRequest,
  { url, client }: AskedBy,
  deps: NameDeps,
): Promise<Response> => {
  const [, written = '', ...rest] = request.path
  const key = keyNameOf(written)
  const name = key ?? written.toLowerCase()
  if (key === undefined && !isDomain(name))
    throw new HoldfastError('invalid_path', { detail: 'An IPNS name is a key, or a domain with a DNSLink.' })
  deps.denylist.check({ namespace: 'ipns', root: name, rest })
  const { format, byAccept } = negotiateFormat(request.query.format, request.headers.accept)
  if (format === 'ipns-record') return respondRecord(request, { key, rest, byAccept, client }, deps)
  const found = await deps.resolved.resolve(name, client)
  if ('failure' in found) throw nameError(found)
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
    ledBy: {
      names: found.names.map((root, step) => ({ root, behind: found.behind[step] ?? [] })),
      depth: found.path.length,
    },
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
  {
    key,
    rest,
    byAccept,
    client,
  }: { key: string | undefined; rest: readonly string[]; byAccept: boolean; client: string },
  { ipns }: NameDeps,
): Promise<Response> => {
  if (key === undefined || rest.some((segment) => segment !== ''))
    throw new HoldfastError('invalid_request', { detail: 'A record is that of an IPNS key, without a path behind it.' })
  const answer = await ipns.record(key, client)
  if ('failure' in answer) throw nameError(answer)
  if (answer.record === null)
    throw nameError({ failure: 'unresolved', detail: 'No record of this IPNS name is known here.' })
  const facts = { key, record: Buffer.from(answer.record, 'base64'), ttl: answer.ttl }
  return { plan: planIpnsRecord(request, facts, byAccept) }
}
