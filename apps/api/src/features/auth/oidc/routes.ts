import { HoldfastError } from '@packages/shared/holdfast-error'
import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { ApiInstance } from '../../../api-instance.ts'
import { toHoldfastError } from '../../../plugins/to-holdfast-error.ts'
import type { SessionCookie } from '../../../plugins/authenticate/session-cookie.ts'
import { SESSION_SECONDS } from '../sessions.ts'
import { finishOidcSignIn, type FinishOidcSignInDeps } from './finish-oidc-sign-in.ts'
import type { FlowCookie } from './flow-cookie.ts'
import type { OidcFlows } from './oidc-flows.ts'
import type { OpenIdProvider } from './openid-provider.ts'

export type OidcDeps = FinishOidcSignInDeps & {
  publicUrl: string
  flows: OidcFlows
  provider: OpenIdProvider
  flowCookie: FlowCookie
  sessionCookie: Pick<SessionCookie, 'write'>
}

export const CALLBACK_PATH = '/api/auth/oidc/callback'

const MAX_QUERY_CHARS = 8_192
const stateSchema = z.string().regex(/^[\w-]{43}$/)

/** One of each, or none: a parameter that comes twice is two answers in one. */
const stateOf = (query: string): string => {
  const parameters = new URLSearchParams(query)
  const names = [...parameters.keys()]
  const read = stateSchema.safeParse(parameters.get('state'))
  if (!read.success || query.length > MAX_QUERY_CHARS || new Set(names).size !== names.length)
    throw new HoldfastError('sso_failed')
  return read.data
}

/** What stands behind `?`, as it came. */
const queryOf = ({ url }: FastifyRequest): string => url.slice(url.indexOf('?') + 1)

/**
 * Single sign-on for browsers, beside better-auth's routes: the dashboard asks where to go, and the provider sends the browser back, which then goes
 * on to a page of the dashboard. What it has to be told stands in the fragment, which reaches no server.
 */
export const registerOidcRoutes = (app: ApiInstance, deps: OidcDeps): void => {
  app.post(
    '/api/auth/oidc/start',
    {
      config: { access: 'public', rateClass: 'sign-in' },
      schema: { body: z.strictObject({}), response: { 200: z.object({ url: z.string() }) } },
    },
    async (_request, reply) => {
      const { state, browser, ...secrets } = await deps.flows.begin()
      const url = await deps.provider.authorizationUrl(state, secrets)
      return reply.header('set-cookie', deps.flowCookie.write(browser)).send({ url })
    },
  )

  app.get(
    CALLBACK_PATH,
    { exposeHeadRoute: false, config: { access: 'public', rateClass: 'sign-in', audit: 'reads' } },
    async (request, reply) => {
      reply.header('cache-control', 'no-store').header('set-cookie', deps.flowCookie.clear())
      try {
        const query = queryOf(request)
        const ended = await finishOidcSignIn(deps, {
          query,
          state: stateOf(query),
          browser: deps.flowCookie.read(request.headers.cookie),
          client: { ipAddress: request.ip, userAgent: request.headers['user-agent'] },
        })
        if ('mfaToken' in ended) return reply.redirect(`${deps.publicUrl}/sso#mfa=${ended.mfaToken}`, 303)
        reply.header('set-cookie', deps.sessionCookie.write(ended.session.token, SESSION_SECONDS))
        return reply.redirect(`${deps.publicUrl}/`, 303)
      } catch (thrown) {
        const error = toHoldfastError(thrown)
        if (error.code === 'internal') throw thrown
        if (request.trail) request.trail.refusal = error.code
        return reply.redirect(`${deps.publicUrl}/sso#error=${error.code}`, 303)
      }
    },
  )
}
