import { isLoopback } from '../config/is-loopback.ts'

/**
 * Whether browsers may be told to reach the host of `own` by HTTPS alone (HSTS, RFC 6797). They apply it to every port of a host:
 * not where `other`, on the same host, is plain HTTP, nor on this machine, where other programs listen too.
 */
export const staysWithHttps = (own: string, other: string | undefined): boolean => {
  const { protocol, hostname } = new URL(own)
  if (protocol !== 'https:' || isLoopback(hostname.replace(/^\[(.*)\]$/, '$1'))) return false
  return !(other?.startsWith('http:') === true && new URL(other).hostname === hostname)
}

/** A year; hosts below are not taken in, since they may be somebody else's. */
export const STRICT_TRANSPORT = 'max-age=31536000'
