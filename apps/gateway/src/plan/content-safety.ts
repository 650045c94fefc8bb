import { type GatewayRequest, isIsolated } from '../request/gateway-request.ts'

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
