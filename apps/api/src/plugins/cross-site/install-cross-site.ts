import type { ApiInstance } from '../../api-instance.ts'
import { refuseCrossSite } from './refuse-cross-site.ts'

/** Looks at every request before its caller is known and its body is read. */
export const installCrossSite = (app: ApiInstance, options: { publicOrigin: string }): void => {
  app.addHook('onRequest', async (request) => {
    if (request.is404) return
    refuseCrossSite({ method: request.method, url: request.url, headers: request.headers }, options.publicOrigin)
  })
}
