import type { Config } from '@packages/runtime/config'
import { isLoopback } from '@packages/runtime/config/is-loopback'

const isHere = (url: string): boolean => isLoopback(new URL(url).hostname.replace(/^\[(.*)\]$/, '$1'))
const isPlain = (url: string): boolean => url.startsWith('http:') && !isHere(url)

/** What an operator should hear at each start: one sentence each. Pure. */
export const warningsOf = ({ host, publicUrl, gatewayUrl, roles }: Config): string[] => {
  const warnings: string[] = []
  if (roles.has('api') && isPlain(publicUrl))
    warnings.push(
      `PUBLIC_URL is plain HTTP (${publicUrl}): whoever is on the way reads passwords and files, and cookies go without Secure and __Host-. Set TLS_CERT and TLS_KEY, or put a proxy that speaks TLS in front.`,
    )
  if (roles.has('gateway') && isPlain(gatewayUrl))
    warnings.push(`GATEWAY_URL is plain HTTP (${gatewayUrl}): whoever is on the way reads and changes what is served.`)
  if (roles.has('api') && !isLoopback(host) && isHere(publicUrl))
    warnings.push(
      `HOST=${host} listens for other machines, but PUBLIC_URL names this one (${publicUrl}): browsers elsewhere cannot sign in. Set PUBLIC_URL and GATEWAY_URL.`,
    )
  return warnings
}
