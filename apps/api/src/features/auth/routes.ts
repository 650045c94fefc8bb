import { z } from 'zod'
import type { ApiInstance } from '../../api-instance.ts'
import { actorOf } from '../../authorization/actor-of.ts'
import type { SessionCookie } from '../../plugins/authenticate/session-cookie.ts'
import type { Idempotency } from '../../plugins/idempotency/idempotency.ts'
import { idempotent } from '../../plugins/idempotency/idempotent.ts'
import { emailField } from './account-fields.ts'
import { type KeySetDeps, registerKeySetRoutes } from './keys/routes.ts'
import { type LogInDeps, logIn } from './log-in.ts'
import { type LogOutDeps, logOut } from './log-out.ts'
import { me, type MeDeps, meSchema } from './me.ts'
import { refresh, type RefreshDeps } from './refresh.ts'
import { mfaChallengeSchema } from './second-factor/challenges.ts'
import { registerSessionsRoutes, type SessionsDeps } from './sessions/routes.ts'
import { tokenPairSchema } from './token-pair.ts'

export type AuthDeps = LogInDeps &
  RefreshDeps &
  LogOutDeps &
  SessionsDeps &
  KeySetDeps &
  MeDeps & { idempotency: Idempotency; sessionCookie: Pick<SessionCookie, 'clear'> }

const EXAMPLE_LOGIN = { email: 'ada@example.org', password: 'correct horse battery staple' }

/** `/api/v1/auth/*`: sessions of people, as tokens. Browsers use better-auth's cookie under `/api/auth`. */
export const registerAuthRoutes = (app: ApiInstance, deps: AuthDeps): void => {
  registerKeySetRoutes(app, deps)
  registerSessionsRoutes(app, deps)
  const signIn = { access: 'public', rateClass: 'sign-in' } as const

  app.post(
    '/api/v1/auth/login',
    {
      config: signIn,
      schema: {
        docs: {
          operationId: 'logIn',
          tag: 'Sign-in',
          summary: 'Sign in with e-mail address and password',
          description:
            'Answers tokens, or 202 with a challenge where the account has a second factor: finish by `POST /auth/mfa`.',
          errors: ['invalid_credentials', 'already_completed'],
          example: EXAMPLE_LOGIN,
        },
        body: z.strictObject({ email: emailField, password: z.string().min(1).max(1_000) }),
        response: { 200: tokenPairSchema, 202: mfaChallengeSchema },
      },
    },
    (request, reply) => {
      const { email, password } = request.body
      const options = { route: 'POST /auth/login', scope: deps.idempotency.credentialScope(email) }
      const client = { ipAddress: request.ip, userAgent: request.headers['user-agent'] }
      return idempotent(deps.idempotency, request, reply, options, async (record) => {
        const answer = await logIn(deps, { email, password, client }, record)
        return 'mfaToken' in answer ? reply.code(202).send(answer) : reply.send(answer)
      })
    },
  )

  app.post(
    '/api/v1/auth/refresh',
    {
      config: signIn,
      schema: {
        docs: {
          operationId: 'refreshTokens',
          tag: 'Sign-in',
          summary: 'Trade a refresh token for new tokens',
          description:
            'Each refresh token works once. Sending one again ends the session, for it may have been stolen.',
          errors: ['invalid_token', 'refresh_token_reused', 'already_completed'],
        },
        body: z.strictObject({ refreshToken: z.string().min(1).max(200) }),
        response: { 200: tokenPairSchema },
      },
    },
    (request, reply) => {
      const { refreshToken } = request.body
      const scope = deps.idempotency.credentialScope(refreshToken)
      const options = { route: 'POST /auth/refresh', scope }
      return idempotent(deps.idempotency, request, reply, options, async (record) =>
        reply.send(await refresh(deps, refreshToken, record)),
      )
    },
  )

  app.post(
    '/api/v1/auth/logout',
    {
      config: { action: 'account:write', metered: false },
      schema: {
        docs: {
          operationId: 'logOut',
          tag: 'Sign-in',
          summary: 'End this session',
          description: 'Its access tokens, refresh tokens and cookie stop working at once.',
          errors: ['forbidden'],
        },
        response: { 204: z.undefined().describe('The session has ended.') },
      },
    },
    (request, reply) => {
      const actor = actorOf(request)
      const options = { route: 'POST /auth/logout', scope: actor.organizationId }
      return idempotent(deps.idempotency, request, reply, options, async (record) => {
        await logOut(deps, actor, record)
        return reply.code(204).header('set-cookie', deps.sessionCookie.clear()).send()
      })
    },
  )

  app.get(
    '/api/v1/auth/me',
    {
      config: { action: 'account:read', metered: false },
      schema: {
        docs: { operationId: 'getMe', tag: 'Sign-in', summary: 'Who am I, and what may I do' },
        response: { 200: meSchema },
      },
    },
    (request) => me(deps, actorOf(request)),
  )
}
