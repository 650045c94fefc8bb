import { HoldfastError } from '@packages/shared/holdfast-error'
import type { ApiInstance } from '../api-instance.ts'
import { authorize } from '../authorization/authorize.ts'
import { accessOf } from './authenticate/install-authentication.ts'

/**
 * Asks the permission table for the route's `config.action` before the body is read. Verbs ask again, about the resource
 * itself. A route that needs a caller and names no action is for nobody.
 */
export const installAuthorization = (app: ApiInstance): void => {
  app.addHook('onRequest', async (request) => {
    if (request.is404) return
    const { url = request.url, config } = request.routeOptions
    if (accessOf(url, config.access) !== 'authenticated') return
    if (config.action === undefined) throw new HoldfastError('forbidden', { detail: 'This route names no action.' })
    authorize(request.actor, config.action)
  })
}
