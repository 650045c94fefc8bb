import type { TrustedProxies } from './client-address.ts'
import { headerOf } from './header-of.ts'

/** Where a request says that it was sent to. */
export type RequestOrigin = {
  host: string | undefined
  secure: boolean
  /** A trusted proxy may have said so, in headers that a cache in front has to know of. */
  isForwarded: boolean
}

const AUTHORITY = /^https?:\/\/([^/?#]*)/i

/** The first of a list: what the outermost proxy was asked for. */
const firstOf = (list: string | undefined): string | undefined => list?.split(',', 1)[0]?.trim()

/**
 * The host of a request: that of an absolute target, which goes before the Host header (RFC 9112, 3.2.2). A trusted proxy in front
 * says by `X-Forwarded-Host` and `-Proto` what it was asked for itself; from anybody else both are never read, so no cache can be
 * made to keep an answer for another host.
 */
export const originOf = (
  request: { url: string; rawHeaders: readonly string[]; peer: string; encrypted: boolean },
  proxies: TrustedProxies,
): RequestOrigin => {
  const { url, rawHeaders, peer, encrypted } = request
  const host = url.startsWith('/')
    ? headerOf(rawHeaders, 'host')
    : (AUTHORITY.exec(url)?.[1] ?? headerOf(rawHeaders, 'host'))
  if (!proxies.trusts(peer)) return { host, secure: encrypted, isForwarded: false }
  const proto = firstOf(headerOf(rawHeaders, 'x-forwarded-proto'))?.toLowerCase()
  return {
    host: firstOf(headerOf(rawHeaders, 'x-forwarded-host')) || host,
    secure: proto === 'https' || (proto !== 'http' && encrypted),
    isForwarded: true,
  }
}
