import type { CID } from 'multiformats/cid'
import { asAddressBytes } from '../request/raw-rest.ts'
import { addressPath, askedPath, type GatewayRequest } from '../request/gateway-request.ts'
import { aboutPath } from './about-path.ts'
import { directoryPage, type ListedEntry, type ListingPlace } from './directory-page.ts'
import { percentEncode } from './percent-encode.ts'
import { planOwnPage } from './plan-own-page.ts'
import type { ResponsePlan } from './response-plan.ts'
import { IMMUTABLE } from './shared-headers.ts'

/** Changes with the page, so that a cached one is not taken for the new one. */
const PAGE_VERSION = 4

/** The CIDs on the way of a path, the root first and the directory last. */
export type DirectoryFacts = { roots: readonly CID[]; entries: readonly ListedEntry[] }

/** Under /files what opened this page opens what it leads to. */
const linkOf = ({ path, query }: GatewayRequest): string =>
  path[0] === 'files' && query.link !== undefined ? `?link=${percentEncode(query.link)}` : ''

/** Where the listing stands: on a path, on a root's own host, or on a domain. */
const placeOf = (request: GatewayRequest): ListingPlace => {
  const { shown } = request
  const [namespace = '', root = '', ...below] = askedPath(request)
  const names = below.slice(0, -1)
  const segments = addressPath(request).slice(0, -1).map(percentEncode)
  const base = segments.length === 0 ? '' : `/${segments.join('/')}`
  const here = { namespace, root, names, base, query: linkOf(request) }
  if (shown?.isolated !== true) {
    const cids = namespace === 'files' ? ('none' as const) : { gateway: '' }
    return { ...here, rootAddress: `/${namespace}/${percentEncode(root)}`, cids }
  }
  // A path on the gateway's own host leads to the root's.
  if (shown.gateway !== undefined)
    return { ...here, rootAddress: `//${shown.gateway}/${namespace}/${root}`, cids: { gateway: `//${shown.gateway}` } }
  return { ...here, rootAddress: `//${root}`, cids: 'explorer' }
}

/** A generated listing (path gateway specification, "Directory listings"). */
export const planDirectory = (request: GatewayRequest, { roots, entries }: DirectoryFacts): ResponsePlan =>
  planOwnPage(request, {
    roots,
    etag: `"DirIndex-${PAGE_VERSION}_CID-${roots.at(-1)}"`,
    html: () => directoryPage(placeOf(request), entries),
  })

/** Links of a page in a directory are relative to it: its address ends in a slash. The query is the page's, and goes along. */
export const planTrailingSlash = (request: GatewayRequest, roots: readonly CID[]): ResponsePlan => {
  const { written = '' } = request.query
  const query = written === '' ? '' : `?${asAddressBytes(written)}`
  const location = `/${addressPath(request).map(percentEncode).join('/')}/${query}`
  const headers = [
    'Location',
    location,
    'Content-Length',
    '0',
    'Cache-Control',
    IMMUTABLE,
    ...aboutPath(request, roots),
  ]
  return { status: 301, headers, body: null, about: { cids: roots } }
}
