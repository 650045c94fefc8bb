import type { HoldfastError } from '@packages/shared/holdfast-error'
import { acceptedTypes } from '../request/negotiate-format.ts'
import { errorPage } from './error-page.ts'
import type { ResponsePlan } from './response-plan.ts'
import { EVERYWHERE, OWN_POLICY } from './shared-headers.ts'

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

type Words = { type: string; policy: string; write: (error: HoldfastError) => string }

const PROBLEM: Words = { type: 'application/problem+json', policy: OWN_POLICY, write: problem }
const PAGE: Words = { type: 'text/html; charset=utf-8', policy: PAGE_POLICY, write: errorPage }
const TEXT: Words = { type: 'text/plain; charset=utf-8', policy: OWN_POLICY, write: text }

const BY_TYPE = new Map([
  ['application/problem+json', PROBLEM],
  ['application/json', PROBLEM],
  // Browsers name it when they open an address, and programs do not.
  ['text/html', PAGE],
  ['text/plain', TEXT],
])

/** The most wanted of them; text for whoever names none. */
const wordsFor = (accept: string): Words => {
  for (const type of acceptedTypes(accept)) {
    const words = BY_TYPE.get(type)
    if (words !== undefined) return words
  }
  return TEXT
}

/**
 * An error from the catalogue: a page for browsers, problem+json (RFC 9457) for programs that ask for JSON, text for all others. What a
 * detail repeats of a path is shown as text alone, and no cache may keep it: what is not held now may be held in a second.
 */
export const planError = (method: string, accept: string | undefined, error: HoldfastError): ResponsePlan => {
  const words = wordsFor(accept ?? '')
  const body = Buffer.from(words.write(error))
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
