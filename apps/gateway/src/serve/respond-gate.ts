import { HoldfastError } from '@packages/shared/holdfast-error'
import type { Gate } from '../gates/gate.ts'
import type { ResponsePlan } from '../plan/response-plan.ts'
import { withHeader } from '../plan/with-header.ts'
import type { GatewayRequest } from '../request/gateway-request.ts'
import { negotiateFormat } from '../request/negotiate-format.ts'
import type { NameDeps } from './respond-name.ts'
import { respondOnSite, type SiteRequest } from './respond-site.ts'
import type { Response } from './response.ts'

const isRoot = ({ path }: GatewayRequest): boolean => path.length === 1 && path[0] === ''

const segmentsOf = (path: string): string[] => path.slice(1).split('/').map(decodeURIComponent)

/** A request that a gateway of an organization has let in: content as everywhere, a page at its root, and one where there is nothing. */
export const respondThroughGate = async (
  asked: SiteRequest,
  { settings: { indexPath, notFoundPath } }: Gate,
  deps: NameDeps,
): Promise<Response> => {
  const { request } = asked
  try {
    if (indexPath === null || !isRoot(request)) return await respondOnSite(asked, deps)
    const { plan, ...more } = await respondOnSite(
      { ...asked, request: { ...request, path: segmentsOf(indexPath) } },
      deps,
    )
    return { ...more, plan: asIndex(plan) }
  } catch (error) {
    if (!(error instanceof HoldfastError) || error.code !== 'not_found' || notFoundPath === null) throw error
    if (negotiateFormat(request.query.format, request.headers.accept).format !== 'file') throw error
    return notFound(asked, segmentsOf(notFoundPath), deps).catch(() => {
      throw error
    })
  }
}

/** What a gateway shows at its root may be something else in a second, and so may where that leads. */
const asIndex = (plan: ResponsePlan): ResponsePlan => ({
  ...plan,
  status: plan.status === 301 || plan.status === 308 ? 302 : plan.status,
  headers: withHeader(plan.headers, 'Cache-Control', 'public, no-cache'),
})

/** Sent whole, whatever a client has of it; what is not here now may be in a second. */
const notFound = async (asked: SiteRequest, path: string[], deps: NameDeps): Promise<Response> => {
  const { request } = asked
  const headers = { ...request.headers, range: undefined, ifNoneMatch: undefined, ifMatch: undefined }
  const { plan } = await respondOnSite({ ...asked, request: { ...request, headers, path } }, deps)
  if (plan.status !== 200) throw new HoldfastError('not_found')
  return { plan: { ...plan, status: 404, headers: withHeader(plan.headers, 'Cache-Control', 'no-store') } }
}
