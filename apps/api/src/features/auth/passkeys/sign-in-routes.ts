import { z } from 'zod'
import type { ApiInstance } from '../../../api-instance.ts'
import type { AccessTokens } from '../../../plugins/authenticate/access-tokens.ts'
import type { SessionCookie } from '../../../plugins/authenticate/session-cookie.ts'
import { SESSION_SECONDS, startCookieSession, startSession } from '../sessions.ts'
import { tokenPairSchema } from '../token-pair.ts'
import { PASSKEY_CHALLENGE_SECONDS } from './passkey-challenges.ts'
import { requireRelyingParty } from './relying-party.ts'
import { assertionSchema, requestOptionsSchema } from './schemas.ts'
import { signInByPasskey, type SignInByPasskeyDeps } from './sign-in-by-passkey.ts'

export type PasskeySignInDeps = SignInByPasskeyDeps & {
  accessTokens: Pick<AccessTokens, 'issue'>
  sessionCookie: Pick<SessionCookie, 'write'>
}

const bodySchema = z.strictObject({ credential: assertionSchema })

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
    async () => ({
      challenge: Buffer.from(deps.passkeyChallenges.make('sign-in')).toString('base64url'),
      rpId: requireRelyingParty(deps.relyingParty).id,
      timeout: PASSKEY_CHALLENGE_SECONDS * 1000,
      userVerification: 'required' as const,
    }),
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
      const input = { credential: request.body.credential, ipAddress: request.ip }
      const { userId, session } = await signInByPasskey(deps, input, (uow, id) =>
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
      const input = { credential: request.body.credential, ipAddress: request.ip }
      const { session } = await signInByPasskey(deps, input, (uow, id) =>
        startCookieSession(uow, id, client, 'second-factor'),
      )
      const cookie = deps.sessionCookie.write(session.token, SESSION_SECONDS)
      return reply.code(204).header('set-cookie', cookie).header('cache-control', 'no-store').send()
    },
  )
}
