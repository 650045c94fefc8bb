import type { Socket } from 'node:net'
import { hashGatewayToken } from '@packages/db/gateway-token'
import { forwardedOf } from '../request/file-credentials.ts'
import type { TrustedProxies } from '../request/client-address.ts'
import { headerOf } from '../request/header-of.ts'
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

const hostOfPage = (referrer: string | undefined): string | null =>
  referrer !== undefined && URL.canParse(referrer) ? new URL(referrer).hostname : null

/** What a connection showed last, as it came, and the visitor that was read from it. */
type Seen = {
  host: string
  token: string | undefined
  referrer: string | undefined
  forwarded: string | undefined
  proxies: TrustedProxies
  visitor: Visitor
}

/** A kept connection shows the same again and again. It is compared with nothing but what came by the same one. */
const seenBy = new WeakMap<object, Seen>()

const hashOf = (token: string | undefined): string | null =>
  token === undefined || token === '' || token.length > MAX_TOKEN ? null : hashGatewayToken(token)

/** What a request shows to a gateway. A token in a header goes before one in the address. @returns the same object to who shows the same by the same connection */
export const readVisitor = (
  { rawHeaders, socket, host }: { rawHeaders: readonly string[]; socket: Pick<Socket, 'remoteAddress'>; host: string },
  inAddress: string | undefined,
  proxies: TrustedProxies,
): Visitor => {
  const token =
    headerOf(rawHeaders, 'holdfast-gateway-token') ??
    BEARER.exec(headerOf(rawHeaders, 'authorization') ?? '')?.[1] ??
    inAddress
  const referrer = headerOf(rawHeaders, 'referer')
  const forwarded = forwardedOf(rawHeaders)
  const before = seenBy.get(socket)
  const isSame =
    before !== undefined &&
    before.host === host &&
    before.token === token &&
    before.referrer === referrer &&
    before.forwarded === forwarded &&
    before.proxies === proxies
  if (isSame) return before.visitor
  const visitor = {
    address: proxies.clientOf(socket.remoteAddress ?? '', forwarded),
    host: host.replace(/:\d+$/, ''),
    referrer: hostOfPage(referrer),
    token: before !== undefined && before.token === token ? before.visitor.token : hashOf(token),
  }
  seenBy.set(socket, { host, token, referrer, forwarded, proxies, visitor })
  return visitor
}
