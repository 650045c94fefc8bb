import { z } from 'zod'
import type { ApiInstance } from '../../../api-instance.ts'
import { actorOf } from '../../../authorization/actor-of.ts'
import { emailField } from '../account-fields.ts'
import { tokenPairSchema } from '../token-pair.ts'
import { type ChangeSecondFactorDeps, disableSecondFactor, renewRecoveryCodes } from './change-second-factor.ts'
import { hasOneIdentity, identityFields, identityOf, ONE_IDENTITY } from '../confirmation/schemas.ts'
import { confirmEnrolment, type ConfirmEnrolmentDeps } from './confirm-enrolment.ts'
import { enrol, type EnrolDeps } from './enrol.ts'
import { answerRenewed, type AnswerRenewedDeps, formOf } from './answer-renewed.ts'
import type { BothFactors } from './prove-second-factor.ts'
import { readSecondFactor, secondFactorSchema } from './read-second-factor.ts'
import { resetSecondFactor, type ResetSecondFactorDeps } from './reset-second-factor.ts'
import { codeField, hasOneProof, ONE_PROOF, proofFields, proofOf, recoveryCodesField } from './schemas.ts'
import { type MfaSignInDeps, registerMfaSignInRoutes } from './sign-in-routes.ts'

export type SecondFactorDeps = EnrolDeps &
  ConfirmEnrolmentDeps &
  ChangeSecondFactorDeps &
  ResetSecondFactorDeps &
  MfaSignInDeps &
  AnswerRenewedDeps

const identity = z.strictObject(identityFields).refine(hasOneIdentity, ONE_IDENTITY)
const bothFactors = z
  .strictObject({ ...identityFields, ...proofFields })
  .refine(hasOneIdentity, ONE_IDENTITY)
  .refine(hasOneProof, ONE_PROOF)
const shownIn = ({ body, ip }: { body: z.infer<typeof bothFactors>; ip: string }): BothFactors => ({
  identity: identityOf(body),
  proof: proofOf(body),
  ipAddress: ip,
})
const REFUSALS = ['forbidden', 'invalid_credentials', 'invalid_code', 'not_found'] as const

/** `/api/v1/auth/mfa`: the caller's second factor, and for operators taking a lost one away. */
export const registerSecondFactorRoutes = (app: ApiInstance, deps: SecondFactorDeps): void => {
  registerMfaSignInRoutes(app, deps)
  const own = { action: 'account:write', metered: false } as const

  app.get(
    '/api/v1/auth/mfa',
    {
      config: own,
      schema: {
        docs: {
          operationId: 'getSecondFactor',
          tag: 'Sign-in',
          summary: 'Does my account ask for a second factor',
          errors: ['forbidden'],
        },
        response: { 200: secondFactorSchema },
      },
    },
    (request) => readSecondFactor(deps, actorOf(request)),
  )

  app.post(
    '/api/v1/auth/mfa/totp',
    {
      config: own,
      schema: {
        docs: {
          operationId: 'enrolTotp',
          tag: 'Sign-in',
          summary: 'Get a secret for my authenticator app',
          description: 'Nothing changes until a code of it is confirmed. Asking again makes another secret.',
          idempotent: false,
          errors: ['forbidden', 'invalid_credentials', 'conflict'],
        },
        body: identity,
        response: {
          201: z.object({
            secret: z.string().meta({ description: 'To type into the app (base32).' }),
            uri: z.string().meta({ description: 'To show as a QR code (`otpauth://totp/…`).' }),
          }),
        },
      },
    },
    async (request, reply) =>
      reply
        .code(201)
        .send(await enrol(deps, actorOf(request), { identity: identityOf(request.body), ipAddress: request.ip })),
  )

  app.post(
    '/api/v1/auth/mfa/totp/confirm',
    {
      config: own,
      schema: {
        docs: {
          operationId: 'confirmTotp',
          tag: 'Sign-in',
          summary: 'Turn my second factor on by a first code',
          description:
            'Ends all sessions of the account, this one too: the answer holds new tokens, or a new cookie for a caller that came with one.',
          idempotent: false,
          errors: ['forbidden', 'invalid_code', 'not_found'],
        },
        body: z.strictObject({ code: codeField }),
        response: { 200: z.object({ recoveryCodes: recoveryCodesField, tokens: tokenPairSchema.nullable() }) },
      },
    },
    async (request, reply) => {
      const client = { ipAddress: request.ip, userAgent: request.headers['user-agent'] }
      const input = { code: request.body.code, client, form: formOf(request) }
      const { recoveryCodes, session, userId } = await confirmEnrolment(deps, actorOf(request), input)
      return reply.send({ recoveryCodes, tokens: await answerRenewed(deps, reply, { session, userId }) })
    },
  )

  app.post(
    '/api/v1/auth/mfa/recovery-codes',
    {
      config: own,
      schema: {
        docs: {
          operationId: 'renewRecoveryCodes',
          tag: 'Sign-in',
          summary: 'Get new recovery codes in place of the old ones',
          idempotent: false,
          errors: [...REFUSALS],
        },
        body: bothFactors,
        response: { 200: z.object({ recoveryCodes: recoveryCodesField }) },
      },
    },
    async (request) => {
      return { recoveryCodes: await renewRecoveryCodes(deps, actorOf(request), shownIn(request)) }
    },
  )

  app.post(
    '/api/v1/auth/mfa/disable',
    {
      config: own,
      schema: {
        docs: {
          operationId: 'disableSecondFactor',
          tag: 'Sign-in',
          summary: 'Turn my second factor off',
          description: 'Takes both factors. Ends all other sessions of the account.',
          idempotent: false,
          errors: [...REFUSALS],
        },
        body: bothFactors,
        response: { 204: z.undefined().describe('The password alone signs in from now on.') },
      },
    },
    async (request, reply) => {
      await disableSecondFactor(deps, actorOf(request), shownIn(request))
      return reply.code(204).send()
    },
  )

  app.post(
    '/api/v1/admin/mfa-resets',
    {
      config: { action: 'users:recover', metered: false },
      schema: {
        docs: {
          operationId: 'resetSecondFactor',
          tag: 'Users',
          summary: 'Take a lost second factor away',
          description:
            'For operators, signed in; API keys cannot. All sessions of the account end, and its owner is told by mail. Where mail is sent the password goes too: its owner sets a new one by mail, which proves the address again. Elsewhere the password alone signs in until a new factor is set up. Make sure first who asks.',
          idempotent: false,
          errors: ['forbidden', 'not_found'],
          example: { email: 'ada@example.org', reason: 'Lost phone; called back at the number on file.' },
        },
        body: z.strictObject({
          email: emailField,
          reason: z
            .string()
            .trim()
            .min(1)
            .max(500)
            .regex(/^[^\p{Cc}]*$/u, { error: 'has control characters' })
            .meta({ description: 'Kept with the event.' }),
        }),
        response: { 200: z.object({ ownerTold: z.boolean().meta({ description: 'Whether a mail was posted.' }) }) },
      },
    },
    (request) => resetSecondFactor(deps, actorOf(request), request.body),
  )
}
