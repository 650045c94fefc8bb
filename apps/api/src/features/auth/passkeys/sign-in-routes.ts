import { z } from 'zod'
import type { ApiInstance } from '../../../api-instance.ts'
import type { AccessTokens } from '../../../plugins/authenticate/access-tokens.ts'
import type { SessionCookie } from '../../../plugins/authenticate/session-cookie.ts'
import { SESSION_SECONDS, startCookieSession, startSession } from '../sessions.ts'
import { tokenPairSchema } from '../token-pair.ts'
import { requestOptions } from './request-options.ts'
import { type Assertion, assertionSchema, requestOptionsSchema } from './schemas.ts'
import { answerPasskey, type AnswerPasskeyDeps, type PasskeyAnswer } from './answer-passkey.ts'

export type PasskeySignInDeps = AnswerPasskeyDeps & {
  accessTokens: Pick<AccessTokens, 'issue'>
  sessionCookie: Pick<SessionCookie, 'write'>
}

const bodySchema = z.strictObject({ credential: assertionSchema })

const answerOf = ({ body, ip }: { body: { credential: Assertion }; ip: string }): PasskeyAnswer => ({
  credential: body.credential,
  what: 'sign-in',
  ipAddress: ip,
})

/** Signing in by a passkey: as tokens, or as a browser's cookie beside better-auth's sign-in. */
export const registerPasskeySignInRoutes = (app: ApiInstance, deps: PasskeySignInDeps): void => {
  const config = { access: 'public', rateClass: 'sign-in' } as const

  app.post(
    '/api/v1/auth/passkeys/challenge',
    {
      config,
      schema: {
        docs: {
          operationId: 'getPasskeyChallenge',
          tag: 'Sign-in',
          summary: 'Get a challenge to sign in by a passkey',
          description:
            'The same for everybody: it names no account and no passkey. Good for five minutes, for one sign-in.',
          idempotent: false,
          errors: ['not_configured'],
        },
        response: { 200: requestOptionsSchema },
      },
    },
    async () => requestOptions(deps, 'sign-in'),
  )

  app.post(
    '/api/v1/auth/passkeys/sign-in',
    {
      config,
      schema: {
        docs: {
          operationId: 'signInByPasskey',
          tag: 'Sign-in',
          summary: 'Sign in by a passkey',
          description: 'Takes no password and no code: the passkey has verified its user.',
          idempotent: false,
          errors: ['invalid_passkey', 'not_configured'],
        },
        body: bodySchema,
        response: { 200: tokenPairSchema },
      },
    },
    async (request, reply) => {
      const client = { ipAddress: request.ip, userAgent: request.headers['user-agent'] }
      const { userId, value: session } = await answerPasskey(deps, answerOf(request), (uow, id) =>
        startSession(uow, id, client, 'second-factor'),
      )
      const { sessionId, refreshToken } = session
      const issued = await deps.accessTokens.issue({ userId, sessionId })
      return reply.send({ ...issued, refreshToken, tokenType: 'Bearer' as const })
    },
  )

  app.post(
    '/api/auth/sign-in/passkey',
    { config, schema: { body: bodySchema, response: { 204: z.undefined() } } },
    async (request, reply) => {
      const client = { ipAddress: request.ip, userAgent: request.headers['user-agent'] }
      const { value: session } = await answerPasskey(deps, answerOf(request), (uow, id) =>
        startCookieSession(uow, id, client, 'second-factor'),
      )
      const cookie = deps.sessionCookie.write(session.token, SESSION_SECONDS)
      return reply.code(204).header('set-cookie', cookie).header('cache-control', 'no-store').send()
    },
  )
}
