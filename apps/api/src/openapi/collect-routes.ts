import type { RouteOptions } from 'fastify'
import type { ApiInstance } from '../api-instance.ts'

/** A route as it was declared; HEAD routes that Fastify adds by itself are left out of documents. */
export type DeclaredRoute = Pick<RouteOptions, 'url' | 'schema' | 'config'> & { method: string }

/** Fills and returns a list of all routes that are registered from now on. */
export const collectRoutes = (app: ApiInstance): readonly DeclaredRoute[] => {
  const routes: DeclaredRoute[] = []
  app.addHook('onRoute', ({ method, url, schema, config }) => {
    for (const one of [method].flat()) routes.push({ method: one.toUpperCase(), url, schema, config })
  })
  return routes
}
