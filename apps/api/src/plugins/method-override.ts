import type { IncomingMessage } from 'node:http'

const UPLOADS = '/api/v1/uploads/'
const METHODS: ReadonlySet<unknown> = new Set(['PATCH', 'DELETE'])

/**
 * Lets a POST to an upload's address say that it means PATCH or DELETE (tus 1.0.0, X-HTTP-Method-Override), for networks that let no
 * others through. Nowhere else: a cross-site form can only POST, and must not become anything else. Runs before the router;
 * the address stays as it is.
 */
export const overrideMethod = (raw: Pick<IncomingMessage, 'method' | 'url' | 'headers'>): string => {
  const { url = '/', method, headers } = raw
  const wanted = headers['x-http-method-override']
  if (method === 'POST' && wanted !== undefined && url.startsWith(UPLOADS) && METHODS.has(wanted))
    raw.method = String(wanted)
  return url
}
