import { z } from 'zod'
import type { ApiInstance } from '../../../api-instance.ts'
import type { AccessTokens } from '../../../plugins/authenticate/access-tokens.ts'
import type { SessionCookie } from '../../../plugins/authenticate/session-cookie.ts'
import type { Idempotency } from '../../../plugins/idempotency/idempotency.ts'
import { idempotent } from '../../../plugins/idempotency/idempotent.ts'
import { SESSION_SECONDS, startCookieSession, startSession } from '../sessions.ts'
import { tokenPairSchema } from '../token-pair.ts'
import { finishSignIn, type FinishSignInDeps } from './finish-sign-in.ts'
import { hasOneProof, mfaTokenField, ONE_PROOF, proofFields, proofOf } from './schemas.ts'

export type MfaSignInDeps = FinishSignInDeps & {
  accessTokens: Pick<AccessTokens, 'issue'>
  idempotency: Idempotency
  sessionCookie: Pick<SessionCookie, 'write'>
}

const answerSchema = z.strictObject({ mfaToken: mfaTokenField, ...proofFields }).refine(hasOneProof, ONE_PROOF)

const EXAMPLE = { mfaToken: 'hfmfa_kQ7…', code: '123456' }

/** How a sign-in that answered a challenge is finished: as tokens, or as a browser's cookie beside better-auth's sign-in. */
export const registerMfaSignInRoutes = (app: ApiInstance, deps: MfaSignInDeps): void => {
  app.post(
    '/api/v1/auth/mfa',
    {
      config: { access: 'public', rateClass: 'sign-in' },
      schema: {
        docs: {
          operationId: 'finishLogIn',
          tag: 'Sign-in',
          summary: 'Finish signing in by the second factor',
          description:
            'Takes the `mfaToken` of `POST /auth/login`, and a code of the authenticator app or a recovery code. A code works once. After five wrong ones in a row codes of the app are not looked at for a while, which doubles.',
          errors: ['invalid_code', 'invalid_token', 'already_completed'],
          example: EXAMPLE,
        },
        body: answerSchema,
        response: { 200: tokenPairSchema },
      },
    },
    (request, reply) => {
      const { mfaToken } = request.body
      const options = { route: 'POST /auth/mfa', scope: deps.idempotency.credentialScope(mfaToken) }
      const client = { ipAddress: request.ip, userAgent: request.headers['user-agent'] }
      const answer = { mfaToken, proof: proofOf(request.body), ipAddress: request.ip }
      return idempotent(deps.idempotency, request, reply, options, async (record) => {
        const { userId, session } = await finishSignIn(deps, answer, async (uow, id) => {
          const started = await startSession(uow, id, client, 'second-factor')
          await record(uow.tx, { status: 200, body: null, subject: started.sessionId })
          return started
        })
        const { sessionId, refreshToken } = session
        const issued = await deps.accessTokens.issue({ userId, sessionId })
        return reply.send({ ...issued, refreshToken, tokenType: 'Bearer' as const })
      })
    },
  )

  app.post(
    '/api/auth/sign-in/mfa',
    {
      config: { access: 'public', rateClass: 'sign-in' },
      schema: { body: answerSchema, response: { 204: z.undefined() } },
    },
    async (request, reply) => {
      const { mfaToken } = request.body
      const client = { ipAddress: request.ip, userAgent: request.headers['user-agent'] }
      const answer = { mfaToken, proof: proofOf(request.body), ipAddress: request.ip }
      const { session } = await finishSignIn(deps, answer, (uow, id) =>
        startCookieSession(uow, id, client, 'second-factor'),
      )
      const cookie = deps.sessionCookie.write(session.token, SESSION_SECONDS)
      return reply.code(204).header('set-cookie', cookie).header('cache-control', 'no-store').send()
    },
  )
}
