import type { IncomingMessage } from 'node:http'
import { readableChain } from '@packages/runtime/forwarded-for'

const UPLOADS = '/api/v1/uploads/'
const METHODS: ReadonlySet<unknown> = new Set(['PATCH', 'DELETE'])
const AUTHORITY = /^https?:\/\/[^/?#]*/i

type Raw = Pick<IncomingMessage, 'method' | 'url' | 'headers'>

/** `http://host/path`, as proxies may write it (RFC 9112, 3.2.2), is its path: the router says so, and hooks look at how an address begins. */
const originForm = (url: string): string => {
  if (!AUTHORITY.test(url)) return url
  const rest = url.replace(AUTHORITY, '')
  return rest.startsWith('/') ? rest : `/${rest}`
}

/**
 * Lets a POST to an upload's address say that it means PATCH or DELETE (tus 1.0.0, X-HTTP-Method-Override), for networks that let no
 * others through. Nowhere else: a cross-site form can only POST, and must not become anything else.
 */
const overrideMethod = (raw: Raw, url: string): void => {
  const wanted = raw.headers['x-http-method-override']
  if (raw.method === 'POST' && wanted !== undefined && url.startsWith(UPLOADS) && METHODS.has(wanted))
    raw.method = String(wanted)
}

/** What of X-Forwarded-For is no address would become a caller's: in limits, in the audit log, in sessions. */
const cleanForwarded = ({ headers }: Raw): void => {
  const given = headers['x-forwarded-for']
  if (given === undefined) return
  const chain = readableChain(String(given))
  if (chain.length === 0) delete headers['x-forwarded-for']
  else headers['x-forwarded-for'] = chain.join(', ')
}

/** Before the router and everything that looks at a request. @returns the address */
export const rewriteRequest = (raw: Raw): string => {
  const url = originForm(raw.url ?? '/')
  overrideMethod(raw, url)
  cleanForwarded(raw)
  return url
}
