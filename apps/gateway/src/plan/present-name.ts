import { askedPath, type GatewayRequest } from '../request/gateway-request.ts'
import { percentEncode } from './percent-encode.ts'
import type { ResponsePlan } from './response-plan.ts'

/**
 * A response that a name led to: its native address is the name, and it may be kept as long as the name stays what it is (path
 * gateway specification, "Cache-Control (response header)"). Without a known time it says nothing of that.
 * @param names all that led there
 */
export const presentName = (plan: ResponsePlan, request: GatewayRequest, names: readonly string[]): ResponsePlan => {
  const [, name = '', ...rest] = askedPath(request)
  const replaced = new Map<string, string | undefined>([
    ['cache-control', request.shown?.ttl === undefined ? undefined : `public, max-age=${request.shown.ttl}`],
    ['ipfs-uri', `ipns://${[name, ...rest.map(percentEncode)].join('/')}`],
  ])
  const headers: string[] = []
  for (let at = 0; at + 1 < plan.headers.length; at += 2) {
    const key = plan.headers[at] as string
    const lower = key.toLowerCase()
    const value = replaced.has(lower) ? replaced.get(lower) : plan.headers[at + 1]
    if (value !== undefined) headers.push(key, value)
  }
  return { ...plan, headers, about: { cids: [], ...plan.about, names } }
}
