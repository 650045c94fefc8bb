import { HoldfastError } from '@packages/shared/holdfast-error'
import { mergeQuery } from '../redirects/merge-query.ts'
import { fillTarget, leadsElsewhere, type RedirectMatch } from '../redirects/redirect-rules.ts'
import { asAddressBytes } from '../request/raw-rest.ts'
import { percentEncode } from './percent-encode.ts'
import type { ResponsePlan } from './response-plan.ts'
import { EVERYWHERE, IMMUTABLE } from './shared-headers.ts'

const asAddress = (text: string): string => asAddressBytes(Buffer.from(text).toString('latin1'))

/** In an address a fragment stays one; in a path `#` is a letter. */
const withFragment = (target: string): string => {
  const [address = '', fragment] = target.split('#', 2)
  return fragment === undefined ? asAddress(address) : `${asAddress(address)}#${asAddress(fragment)}`
}

/**
 * A redirect that the site's own file asks for (Web _redirects File Specification). The rule is as immutable as the file.
 * @param query of the request, as it was written
 * @throws HoldfastError `forbidden` when it leads to another host and the operator has not allowed that: a stranger's file would use
 *   this gateway's good name
 */
export const planSiteRedirect = (match: RedirectMatch, query: string, toOtherHosts: boolean): ResponsePlan => {
  const target = fillTarget(match, percentEncode)
  if (leadsElsewhere(target) && !toOtherHosts)
    throw new HoldfastError('forbidden', {
      detail: 'The site redirects to another host, which this gateway does not do.',
    })
  const headers = [
    'Location',
    withFragment(mergeQuery(target, query)),
    'Content-Length',
    '0',
    'Cache-Control',
    IMMUTABLE,
    ...EVERYWHERE,
  ]
  return { status: match.rule.status, headers, body: null }
}
