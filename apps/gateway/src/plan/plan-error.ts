import type { HoldfastError } from '@packages/shared/holdfast-error'
import { errorPage } from './error-page.ts'
import type { ResponsePlan } from './response-plan.ts'
import { EVERYWHERE, OWN_POLICY } from './shared-headers.ts'

const PROBLEM = /\bapplication\/(?:problem\+)?json\b/i
/** Browsers name it when they open an address, and programs do not. */
const PAGE = /\btext\/html\b/i
/** The page's style is all that it has. */
const PAGE_POLICY = `${OWN_POLICY}; style-src 'unsafe-inline'`

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

type Words = { type: string; policy: string; text: string }

const inWords = (accept: string, error: HoldfastError): Words => {
  if (PROBLEM.test(accept)) return { type: 'application/problem+json', policy: OWN_POLICY, text: problem(error) }
  if (PAGE.test(accept)) return { type: 'text/html; charset=utf-8', policy: PAGE_POLICY, text: errorPage(error) }
  return { type: 'text/plain; charset=utf-8', policy: OWN_POLICY, text: text(error) }
}

/**
 * An error from the catalogue: a page for browsers, problem+json (RFC 9457) for programs that ask for JSON, text for all others. What a
 * detail repeats of a path is shown as text alone, and no cache may keep it: what is not held now may be held in a second.
 */
export const planError = (method: string, accept: string | undefined, error: HoldfastError): ResponsePlan => {
  const words = inWords(accept ?? '', error)
  const body = Buffer.from(words.text)
  const headers = [
    'Content-Type',
    words.type,
    'Content-Length',
    String(body.length),
    'Cache-Control',
    'no-store',
    'Content-Security-Policy',
    words.policy,
    ...EVERYWHERE,
  ]
  for (const [name, value] of Object.entries(error.headers ?? {})) headers.push(name, value)
  return { status: error.status, headers, body: method === 'HEAD' ? null : body }
}
