import { HoldfastError } from '@packages/shared/holdfast-error'
import type { FastifyRequest } from 'fastify'
import type { ApiInstance, RouteAccess } from '../../api-instance.ts'
import { isPinningService } from '../render-error.ts'
import type { Authenticator } from './authenticator.ts'

export type AuthenticationOptions = {
  authenticator: Pick<Authenticator, 'authenticate'>
  /** Called for a credential that was refused, before the caller is told; may throw `rate_limited` instead. */
  onRefused: (request: FastifyRequest) => Promise<void>
}

/** Routes of our APIs need a credential unless they say otherwise; pages and probes are open. */
export const accessOf = (url: string, declared: RouteAccess | undefined): RouteAccess =>
  declared ?? (/^\/(api\/v1|psa)\//.test(url) ? 'authenticated' : 'public')

/** Sets `request.actor` before the body is read, so that nobody without a credential can make us read one. */
export const installAuthentication = (app: ApiInstance, options: AuthenticationOptions): void => {
  app.decorateRequest('actor', null)
  app.addHook('onRequest', async (request) => {
    if (request.is404) return
    const access = accessOf(request.routeOptions.url ?? request.url, request.routeOptions.config.access)
    if (access === 'public') return
    try {
      const { ip } = request
      // The Pinning Service API knows bearer tokens alone.
      const headers = isPinningService(request.url) ? { ...request.headers, cookie: undefined } : request.headers
      const { organizationId } = request.params as { organizationId?: string }
      request.actor = await options.authenticator.authenticate({ headers, ip, organizationId })
      if (request.actor === null && access === 'authenticated') throw new HoldfastError('unauthenticated')
    } catch (error) {
      if (error instanceof HoldfastError && error.status === 401) await options.onRefused(request)
      throw error
    }
  })
}
