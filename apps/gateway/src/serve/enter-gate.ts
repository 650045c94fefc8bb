import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Gate } from '../gates/gate.ts'
import type { GateUsage } from '../gates/gate-usage.ts'
import type { Gates } from '../gates/gates.ts'
import { readVisitor, withoutToken } from '../gates/read-visitor.ts'
import type { TrustedProxies } from '../request/client-address.ts'
import type { Site } from '../request/site.ts'

export type GateDeps = { gates: Gates; gateUsage: GateUsage; proxies: TrustedProxies }

type OfOrganization = Extract<Site, { kind: 'organization' }>

/**
 * Lets a request in by a gateway of an organization, or not, before anything is looked up. Its token is taken out of `request.url` whatever comes of it.
 * A preflight tells nothing of any content, and comes without what the request itself brings.
 * @returns whether its address held a token, which pages can read there
 * @throws HoldfastError `not_found`, `forbidden`, `invalid_token`, `rate_limited`
 */
export const enterGate = (
  { gate, site }: { gate: Gate; site: OfOrganization },
  request: IncomingMessage,
  response: ServerResponse,
  { gates, gateUsage, proxies }: GateDeps,
): { addressHoldsToken: boolean } => {
  const { url, token } = withoutToken(request.url ?? '')
  request.url = url
  const addressHoldsToken = token !== undefined
  if (request.method === 'OPTIONS') return { addressHoldsToken }
  const { socket, rawHeaders } = request
  const visitor = readVisitor({ rawHeaders, socket, host: site.host }, token, proxies)
  gate.check(visitor)
  gateUsage.take(gate.settings)
  const forget = gates.follow(site, visitor, response)
  const ended = gateUsage.follow(gate.settings, socket)
  response.once('close', () => {
    forget()
    ended()
  })
  return { addressHoldsToken }
}
