import { HoldfastError } from '@packages/shared/holdfast-error'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { ApiInstance } from '../../../api-instance.ts'
import { toHoldfastError } from '../../../plugins/to-holdfast-error.ts'
import type { SessionCookie } from '../../../plugins/authenticate/session-cookie.ts'
import { SESSION_SECONDS } from '../sessions.ts'
import { actorOf } from '../../../authorization/actor-of.ts'
import { hasOneIdentity, identityFields, identityOf, ONE_IDENTITY } from '../confirmation/schemas.ts'
import { beginConfirm, finishConfirm, type FinishConfirmDeps } from './confirm-by-provider.ts'
import { finishOidcSignIn, type FinishOidcSignInDeps } from './finish-oidc-sign-in.ts'
import type { FlowCookie } from './flow-cookie.ts'
import { beginLink, type BeginLinkDeps, finishLink, type FinishLinkDeps } from './link-account.ts'
import type { FlowPurpose, OidcFlows } from './oidc-flows.ts'
import type { OpenIdProvider } from './openid-provider.ts'
import { type Flow, takeFlow } from './redeem-callback.ts'

export type OidcDeps = FinishOidcSignInDeps &
  BeginLinkDeps &
  FinishLinkDeps &
  FinishConfirmDeps & {
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

const leaveSchema = { 200: z.object({ url: z.string() }) }

/** Sends the browser to the provider, with a cookie that has to come back with it. */
const leave = async (deps: OidcDeps, reply: FastifyReply, what: FlowPurpose) => {
  const { state, browser, ...secrets } = await deps.flows.begin(what)
  const url = await deps.provider.authorizationUrl(state, secrets, { again: what.purpose === 'confirm' })
  return reply.header('set-cookie', deps.flowCookie.write(browser)).send({ url })
}

/**
 * Single sign-on for browsers, beside better-auth's routes: the dashboard asks where to go, and the provider sends the browser back, which then goes
 * on to a page of the dashboard. What it has to be told stands in the fragment, which reaches no server.
 */
export const registerOidcRoutes = (app: ApiInstance, deps: OidcDeps): void => {
  app.post(
    '/api/auth/oidc/start',
    {
      config: { access: 'public', rateClass: 'sign-in' },
      schema: { body: z.strictObject({}), response: leaveSchema },
    },
    (_request, reply) => leave(deps, reply, { purpose: 'sign-in' }),
  )

  const own = { access: 'authenticated', action: 'account:write', rateClass: 'sign-in', metered: false } as const

  app.post(
    '/api/auth/oidc/link',
    {
      config: own,
      schema: { body: z.strictObject(identityFields).refine(hasOneIdentity, ONE_IDENTITY), response: leaveSchema },
    },
    async (request, reply) => {
      const input = { identity: identityOf(request.body), ipAddress: request.ip }
      return leave(deps, reply, { purpose: 'link', sessionId: await beginLink(deps, actorOf(request), input) })
    },
  )

  app.post(
    '/api/auth/oidc/confirm',
    { config: own, schema: { body: z.strictObject({}), response: leaveSchema } },
    async (request, reply) =>
      leave(deps, reply, { purpose: 'confirm', sessionId: await beginConfirm(deps, actorOf(request)) }),
  )

  app.get(
    CALLBACK_PATH,
    { exposeHeadRoute: false, config: { access: 'public', rateClass: 'sign-in', audit: 'reads' } },
    async (request, reply) => {
      reply.header('cache-control', 'no-store').header('set-cookie', deps.flowCookie.clear())
      // Where a refusal is told: on the page that the way began at.
      let page = 'sso'
      try {
        const query = queryOf(request)
        const browser = deps.flowCookie.read(request.headers.cookie)
        const flow = await takeFlow(deps, { query, state: stateOf(query), browser })
        if (flow.purpose !== 'sign-in') page = 'security'
        return reply.redirect(`${deps.publicUrl}/${await arrive(deps, [request, reply], flow)}`, 303)
      } catch (thrown) {
        const error = toHoldfastError(thrown)
        if (error.code === 'internal') throw thrown
        if (request.trail) request.trail.refusal = error.code
        return reply.redirect(`${deps.publicUrl}/${page}#error=${error.code}`, 303)
      }
    },
  )
}

/** Ends a way. @returns the page that it leads to, and what that is told */
const arrive = async (deps: OidcDeps, [request, reply]: [FastifyRequest, FastifyReply], flow: Flow) => {
  if (flow.purpose === 'link') {
    await finishLink(deps, flow, flow.sessionId)
    return 'security#linked'
  }
  if (flow.purpose === 'confirm') return `security#confirmed=${await finishConfirm(deps, flow, flow.sessionId)}`
  const client = { ipAddress: request.ip, userAgent: request.headers['user-agent'] }
  const ended = await finishOidcSignIn(deps, flow, client)
  if ('mfaToken' in ended) return `sso#mfa=${ended.mfaToken}`
  reply.header('set-cookie', deps.sessionCookie.write(ended.session.token, SESSION_SECONDS))
  return ''
}
