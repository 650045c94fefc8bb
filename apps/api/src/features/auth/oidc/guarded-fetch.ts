import { OutgoingCalls, type OutgoingOptions } from '@packages/runtime/outgoing/outgoing-calls'

type FetchOptions = {
  method: string
  headers: Record<string, string>
  body?: string | URLSearchParams | Uint8Array | ArrayBuffer | ReadableStream | null | undefined
  signal?: AbortSignal | undefined
}
export type GuardedFetch = (url: string, options: FetchOptions) => Promise<Response>

const MAX_BODY_BYTES = 256 * 1024
const TIMEOUT_MS = 10_000
const BODILESS: ReadonlySet<number> = new Set([204, 205, 304])

const bodyOf = (body: FetchOptions['body']): { body?: string | Uint8Array } => {
  if (body === undefined || body === null) return {}
  if (typeof body === 'string' || body instanceof Uint8Array) return { body }
  if (body instanceof URLSearchParams) return { body: body.toString() }
  throw new TypeError('the OpenID client sends no such bodies')
}

/**
 * The OpenID client's way out. The issuer stands in the settings and may be inside of the network; what its discovery document names elsewhere is
 * its word, not the operator's, and has to be public. Nothing goes in clear unless the issuer itself does, on this machine.
 */
export const guardedFetch = (issuer: URL, options: Pick<OutgoingOptions, 'ca' | 'resolve'> = {}): GuardedFetch => {
  const limits = { ...options, timeoutMs: TIMEOUT_MS, maxBodyBytes: MAX_BODY_BYTES }
  const own = new OutgoingCalls({ ...limits, steeredBy: 'operator' })
  const others = new OutgoingCalls({ ...limits, steeredBy: 'user', ports: [443] })
  return async (url, { method, headers, body, signal }) => {
    const calls = new URL(url).origin === issuer.origin ? own : others
    const answer = await calls.call(url, {
      method,
      // Ours to say, by the guard.
      headers: Object.fromEntries(Object.entries(headers).filter(([name]) => name.toLowerCase() !== 'content-length')),
      ...bodyOf(body),
      ...(signal === undefined ? {} : { signal }),
    })
    const sent = new Headers()
    for (const [name, value] of Object.entries(answer.headers))
      if (value !== undefined) sent.set(name, Array.isArray(value) ? value.join(', ') : value)
    const bytes = await answer.bytes()
    return new Response(BODILESS.has(answer.status) ? null : bytes, { status: answer.status, headers: sent })
  }
}
