import { isLoopback } from '../config/is-loopback.ts'

/**
 * Whether browsers may be told to reach the host of `own` by HTTPS alone (HSTS, RFC 6797). They apply it to every port of a host:
 * not where `other`, on the same host, is plain HTTP, nor on this machine, where other programs listen too.
 */
const staysWithHttps = (own: string, other: string | undefined): boolean => {
  const { protocol, hostname } = new URL(own)
  if (protocol !== 'https:' || isLoopback(hostname.replace(/^\[(.*)\]$/, '$1'))) return false
  return !(other?.startsWith('http:') === true && new URL(other).hostname === hostname)
}

/** A year. Hosts below are taken in where the operator says so, since they may be somebody else's. */
const A_YEAR = 'max-age=31536000'

/** What browsers are told of the host of `own`; undefined: nothing. */
export const strictTransport = (
  own: string,
  { other, subdomains }: { other: string | undefined; subdomains: boolean },
): string | undefined => {
  if (!staysWithHttps(own, other)) return undefined
  return subdomains ? `${A_YEAR}; includeSubDomains` : A_YEAR
}
