import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Gate } from '../gates/gate.ts'
import type { GateUsage } from '../gates/gate-usage.ts'
import type { Gates, OfOrganization } from '../gates/gates.ts'
import { readVisitor, withoutToken } from '../gates/read-visitor.ts'
import type { TrustedProxies } from '../request/client-address.ts'
import { Passage } from './passage.ts'

export type GateDeps = { gates: Gates; gateUsage: GateUsage; proxies: TrustedProxies }

/**
 * Lets a request in by a gateway of an organization, or not, before anything is looked up. Its token is taken out of `request.url` whatever comes of it.
 * A preflight tells nothing of any content, and comes without what the request itself brings.
 * @returns what who answers has to follow
 * @throws HoldfastError `not_found`, `forbidden`, `invalid_token`, `rate_limited`
 */
export const enterGate = (
  { gate, site }: { gate: Gate; site: OfOrganization },
  request: IncomingMessage,
  response: ServerResponse,
  deps: GateDeps,
): Passage => {
  const { url, token } = withoutToken(request.url ?? '')
  request.url = url
  const addressHoldsToken = token !== undefined
  const { socket, rawHeaders } = request
  if (request.method === 'OPTIONS')
    return new Passage({ gate, site, visitor: null, addressHoldsToken, response, socket }, deps)
  const visitor = readVisitor({ rawHeaders, socket, host: site.host }, token, deps.proxies)
  gate.check(visitor)
  deps.gateUsage.take(gate.settings)
  return new Passage({ gate, site, visitor, addressHoldsToken, response, socket }, deps)
}
