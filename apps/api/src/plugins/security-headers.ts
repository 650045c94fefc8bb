import type { FastifyReply } from 'fastify'
import type { ApiInstance } from '../api-instance.ts'

/** Answers of the API are data: nothing in them may run, load or be framed. */
export const DATA_CSP = "default-src 'none'; frame-ancestors 'none'"

/** The offline reference page under `/docs`: its own script and styles, nothing from elsewhere. */
export const DOCS_CSP = [
  "default-src 'self'",
  "script-src 'self' 'unsafe-inline'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self' data:",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ')

/** Headers that every answer has, the platform's own error answers included. */
export const securityHeaders = (hsts: string | undefined): Record<string, string> => ({
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
  'content-security-policy': DATA_CSP,
  // Only under HTTPS (RFC 6797, 7.2); a laptop on http://127.0.0.1 must not lock itself out.
  ...(hsts === undefined ? {} : { 'strict-transport-security': hsts }),
})

const isDocs = (url: string): boolean => url === '/docs' || url.startsWith('/docs/') || url.startsWith('/docs?')

/** `hsts`: what browsers are told of staying with HTTPS. */
export type SecurityHeadersOptions = { hsts: string | undefined }

/** Sets the headers before anything else runs; a route may set its own `content-security-policy` over them. */
export const installSecurityHeaders = (app: ApiInstance, options: SecurityHeadersOptions): void => {
  const headers = securityHeaders(options.hsts)
  app.addHook('onRequest', async (request, reply: FastifyReply) => {
    reply.headers(headers)
    if (isDocs(request.url)) reply.header('content-security-policy', DOCS_CSP)
    if (request.url.startsWith('/api/')) reply.header('cache-control', 'no-store')
  })
}
