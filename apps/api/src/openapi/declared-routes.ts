import { createShell } from '../create-shell.ts'
import { registerRoutes, type RouteDeps } from '../register-routes.ts'
import type { DeclaredRoute } from './collect-routes.ts'

/** Stands for what handlers use. Declaring a route must not touch it: reading gives more of it, calling it fails. */
const untouched = (path: string): unknown =>
  new Proxy(() => {}, {
    get: (_target, name) => (name === Symbol.toPrimitive ? () => Number.NaN : untouched(`${path}.${String(name)}`)),
    apply: () => {
      throw new Error(`${path} was used while routes were declared`)
    },
  })

/** All routes of the API, declared without a server, a database or a key. */
export const declaredRoutes = async (): Promise<readonly DeclaredRoute[]> => {
  const limiter = { consume: () => Promise.reject(new Error('nothing is served here')) }
  const { app, routes } = await createShell({
    publicUrl: 'http://127.0.0.1:3000',
    rateLimiters: {
      login: limiter,
      account: limiter,
      anonymous: limiter,
      credential: limiter,
      user: limiter,
      address: limiter,
    },
    meter: { admit: () => Promise.reject(new Error('nothing is served here')), sent: () => {} },
    authenticator: { authenticate: () => Promise.reject(new Error('nothing is served here')) },
  })
  registerRoutes(app, untouched('deps') as RouteDeps)
  await app.ready()
  await app.close()
  return routes
}
