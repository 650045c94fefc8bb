import { type GatewayRequest, isIsolated } from '../request/gateway-request.ts'
import type { ResponsePlan } from './response-plan.ts'
import { withHeader } from './with-header.ts'

/**
 * Types that a browser runs scripts of, or renders as a page, when it opens them. On path URLs all content shares one
 * origin, so these get a sandbox without `allow-same-origin`: each page is an origin of its own that can read nothing.
 * PDF is not among them: viewers fail inside a sandbox, and scripts in a PDF have no access to the origin.
 */
const ACTIVE = /^(?:text\/html|text\/xml|text\/xsl|application\/xml|application\/xhtml\+xml|[^;]+\+xml)\b/i

export const SANDBOX = 'sandbox allow-scripts allow-forms allow-popups allow-downloads'

/** The Content-Security-Policy for this type, or `undefined` when it needs none: an origin of its own is wall enough. */
export const contentSecurityPolicy = (contentType: string, request: GatewayRequest): string | undefined =>
  ACTIVE.test(contentType) && !isIsolated(request) ? SANDBOX : undefined

/** Nothing runs, and nothing is loaded from elsewhere. */
const INERT = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; media-src 'self' data:"

/** The same page without its scripts, for a reader whose address holds a token: pages are anybody's, and would read it there. */
export const withoutScripts = (plan: ResponsePlan): ResponsePlan =>
  plan.headers.includes(SANDBOX)
    ? { ...plan, headers: withHeader(plan.headers, 'Content-Security-Policy', INERT) }
    : plan
