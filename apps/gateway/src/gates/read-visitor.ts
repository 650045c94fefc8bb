import { hashGatewayToken } from '@packages/db/gateway-token'
import { forwardedOf } from '../request/file-credentials.ts'
import type { TrustedProxies } from '../request/client-address.ts'
import type { Visitor } from './gate.ts'

const BEARER = /^Bearer +([\x21-\x7e]{1,512})$/i
const MAX_TOKEN = 512

const isToken = (pair: string): boolean => pair === 'token' || pair.startsWith('token=')

/** Takes every `token` out of a target, so that no redirect, page or cache of ours has it. Pure. */
export const withoutToken = (url: string): { url: string; token: string | undefined } => {
  const question = url.indexOf('?')
  if (question < 0 || !url.includes('token', question)) return { url, token: undefined }
  const pairs = url.slice(question + 1).split('&')
  const kept = pairs.filter((pair) => !isToken(pair))
  if (kept.length === pairs.length) return { url, token: undefined }
  const path = url.slice(0, question)
  return {
    url: kept.length === 0 ? path : `${path}?${kept.join('&')}`,
    // The first of several counts, as of other parameters.
    token: pairs.find(isToken)?.slice('token='.length),
  }
}

/** Of several lines the first. */
const headerOf = (rawHeaders: readonly string[], name: string): string | undefined => {
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const key = rawHeaders[at] as string
    if (key.length === name.length && key.toLowerCase() === name) return rawHeaders[at + 1]
  }
  return undefined
}

const hostOfPage = (referrer: string | undefined): string | null =>
  referrer !== undefined && URL.canParse(referrer) ? new URL(referrer).hostname : null

/** What a request shows to a gateway. A token in a header goes before one in the address. */
export const readVisitor = (
  { rawHeaders, peer, host }: { rawHeaders: readonly string[]; peer: string; host: string },
  token: string | undefined,
  proxies: TrustedProxies,
): Visitor => {
  const shown =
    headerOf(rawHeaders, 'holdfast-gateway-token') ??
    BEARER.exec(headerOf(rawHeaders, 'authorization') ?? '')?.[1] ??
    token
  return {
    address: proxies.clientOf(peer, forwardedOf(rawHeaders)),
    host: host.replace(/:\d+$/, ''),
    referrer: hostOfPage(headerOf(rawHeaders, 'referer')),
    token: shown === undefined || shown === '' || shown.length > MAX_TOKEN ? null : hashGatewayToken(shown),
  }
}
