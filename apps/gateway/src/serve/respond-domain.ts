import { domainNameOf } from '@packages/shared/domain-name'
import { HoldfastError } from '@packages/shared/holdfast-error'
import type { Gates } from '../gates/gates.ts'
import { planOwn } from '../plan/plan-own.ts'
import type { ResponsePlan } from '../plan/response-plan.ts'

const QUESTION = /^(?:https?:\/\/[^/?#]*)?\/\.well-known\/holdfast\/tls(?:$|\?)/i

/** A proxy's question whether it may get a certificate for a name (`ask` of Caddy's on-demand TLS). */
export const isDomainQuestion = (target: string): boolean => QUESTION.test(target)

/**
 * 200 for domains that were proven to be of a gateway, and for nothing else: who asks for other names would have certificates made without end. From
 * memory, since it is asked during handshakes, by names that strangers make up. @throws HoldfastError `method_not_allowed`, `not_found`
 */
export const respondDomain = (method: string, target: string, gates: Pick<Gates, 'hasDomain'>): ResponsePlan => {
  if (method !== 'GET' && method !== 'HEAD')
    throw new HoldfastError('method_not_allowed', { headers: { Allow: 'GET, HEAD' } })
  const [, query = ''] = target.split('?', 2)
  const domain = domainNameOf(new URLSearchParams(query).get('domain') ?? '')
  if (domain === undefined || !gates.hasDomain(domain))
    throw new HoldfastError('not_found', { detail: 'No gateway has this domain.' })
  return planOwn(method, 200, 'text/plain; charset=utf-8', 'ok\n')
}
