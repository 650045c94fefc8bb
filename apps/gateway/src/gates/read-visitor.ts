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

/** What each connection showed last: it is compared with nothing but what came by the same one. */
const shownBefore = new WeakMap<object, { token: string; hash: string }>()

const hashOf = (token: string, connection: object): string => {
  const before = shownBefore.get(connection)
  if (before?.token === token) return before.hash
  const hash = hashGatewayToken(token)
  shownBefore.set(connection, { token, hash })
  return hash
}

/** What a request shows to a gateway. A token in a header goes before one in the address. */
export const readVisitor = (
  { rawHeaders, socket, host }: { rawHeaders: readonly string[]; socket: Pick<Socket, 'remoteAddress'>; host: string },
  token: string | undefined,
  proxies: TrustedProxies,
): Visitor => {
  const shown =
    headerOf(rawHeaders, 'holdfast-gateway-token') ??
    BEARER.exec(headerOf(rawHeaders, 'authorization') ?? '')?.[1] ??
    token
  return {
    address: proxies.clientOf(socket.remoteAddress ?? '', forwardedOf(rawHeaders)),
    host: host.replace(/:\d+$/, ''),
    referrer: hostOfPage(headerOf(rawHeaders, 'referer')),
    token: shown === undefined || shown === '' || shown.length > MAX_TOKEN ? null : hashOf(shown, socket),
  }
}
