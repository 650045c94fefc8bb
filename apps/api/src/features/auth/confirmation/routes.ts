import { z } from 'zod'
import type { ApiInstance } from '../../../api-instance.ts'
import { actorOf } from '../../../authorization/actor-of.ts'
import { answerPasskey, type AnswerPasskeyDeps } from '../passkeys/answer-passkey.ts'
import { requestOptions } from '../passkeys/request-options.ts'
import { assertionSchema, requestOptionsSchema } from '../passkeys/schemas.ts'
import { requireSession } from '../require-session.ts'
import { CONFIRMATION_SECONDS, type Confirmations } from './confirmations.ts'
import { confirmationSchema } from './schemas.ts'

export type ConfirmationDeps = AnswerPasskeyDeps & { confirmations: Pick<Confirmations, 'make'> }

/** `/api/v1/auth/confirmations`: who has no password shows a passkey before a change that cannot be taken back. */
export const registerConfirmationRoutes = (app: ApiInstance, deps: ConfirmationDeps): void => {
  const config = { action: 'account:write', rateClass: 'sign-in', metered: false } as const

  app.post(
    '/api/v1/auth/confirmations/challenge',
    {
      config,
      schema: {
        docs: {
          operationId: 'beginConfirmation',
          tag: 'Sign-in',
          summary: 'Get a challenge to confirm who I am by a passkey',
          description: 'Good in this session for five minutes, for one answer.',
          idempotent: false,
          errors: ['forbidden', 'not_configured'],
        },
        response: { 200: requestOptionsSchema },
      },
    },
    async (request) => requestOptions(deps, `confirm ${requireSession(actorOf(request)).sessionId}`),
  )

  app.post(
    '/api/v1/auth/confirmations',
    {
      config,
      schema: {
        docs: {
          operationId: 'confirmByPasskey',
          tag: 'Sign-in',
          summary: 'Confirm who I am by a passkey of mine',
          description: 'What it answers stands for the password, in this session, once.',
          idempotent: false,
          errors: ['forbidden', 'not_configured', 'invalid_passkey'],
        },
        body: z.strictObject({ credential: assertionSchema }),
        response: { 200: confirmationSchema },
      },
    },
    async (request) => {
      const { userId, sessionId } = requireSession(actorOf(request))
      const { credential } = request.body
      const what = `confirm ${sessionId}` as const
      await answerPasskey(deps, { credential, what, userId, ipAddress: request.ip }, async () => undefined)
      return { confirmation: deps.confirmations.make(sessionId, 'second-factor'), expiresIn: CONFIRMATION_SECONDS }
    },
  )
}
