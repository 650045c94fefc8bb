import type { HoldfastError } from '@packages/shared/holdfast-error'
import type { ResponsePlan } from './response-plan.ts'
import { EVERYWHERE, OWN_POLICY } from './shared-headers.ts'

const PROBLEM = /\bapplication\/(?:problem\+)?json\b/i

const problem = (error: HoldfastError): string =>
  JSON.stringify({
    type: 'about:blank',
    title: error.title,
    status: error.status,
    code: error.code,
    ...(error.detail === undefined ? {} : { detail: error.detail }),
  })

const text = (error: HoldfastError): string =>
  `${error.status} ${error.code}: ${error.title}.${error.detail === undefined ? '' : `\n${error.detail}`}\n`

/**
 * An error from the catalogue: text for people, problem+json (RFC 9457) for programs that ask for JSON. Nothing of
 * the request is repeated in it, and no cache may keep it: what is not held now may be held in a second.
 */
export const planError = (method: string, accept: string | undefined, error: HoldfastError): ResponsePlan => {
  const asJson = accept !== undefined && PROBLEM.test(accept)
  const body = Buffer.from(asJson ? problem(error) : text(error))
  const headers = [
    'Content-Type',
    asJson ? 'application/problem+json' : 'text/plain; charset=utf-8',
    'Content-Length',
    String(body.length),
    'Cache-Control',
    'no-store',
    'Content-Security-Policy',
    OWN_POLICY,
    ...EVERYWHERE,
  ]
  for (const [name, value] of Object.entries(error.headers ?? {})) headers.push(name, value)
  return { status: error.status, headers, body: method === 'HEAD' ? null : body }
}
