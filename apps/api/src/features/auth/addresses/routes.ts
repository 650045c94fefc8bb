import { z } from 'zod'
import type { ApiInstance } from '../../../api-instance.ts'
import { actorOf } from '../../../authorization/actor-of.ts'
import { emailField, newPasswordField } from '../account-fields.ts'
import { hasOneIdentity, identityFields, identityOf, ONE_IDENTITY } from '../confirmation/schemas.ts'
import { changePassword, type ChangePasswordDeps } from './change-password.ts'
import { confirmEmail, type ConfirmEmailDeps } from './confirm-email.ts'
import { requestEmailChange, type RequestEmailChangeDeps, requestVerification } from './request-email-change.ts'
import { requestPasswordReset, type RequestPasswordResetDeps } from './request-password-reset.ts'
import { resetPassword, type ResetPasswordDeps } from './reset-password.ts'

export type AddressesDeps = RequestPasswordResetDeps &
  ResetPasswordDeps &
  ChangePasswordDeps &
  RequestEmailChangeDeps &
  ConfirmEmailDeps

export const tokenField = z
  .string()
  .min(1)
  .max(200)
  .meta({ description: 'From the link in the mail.', example: 'kQ7…' })
const passwordField = z.string().min(1).max(1_000)

export const accepted = z.object({}).meta({ id: 'Accepted', description: 'The same whether there is such an account.' })

/**
 * `/api/v1/auth/…`: passwords and e-mail addresses. A link works once, so that these need no Idempotency-Key; asking again sends
 * another mail.
 */
export const registerAddressesRoutes = (app: ApiInstance, deps: AddressesDeps): void => {
  const signIn = { access: 'public', rateClass: 'sign-in' } as const

  app.post(
    '/api/v1/auth/password/forgot',
    {
      config: signIn,
      schema: {
        docs: {
          operationId: 'forgotPassword',
          tag: 'Sign-in',
          summary: 'Mail a link to set a new password',
          description: 'Answers the same whether the address has an account. The link works once, for an hour.',
          idempotent: false,
          errors: ['not_configured'],
        },
        body: z.strictObject({ email: emailField }),
        response: { 202: accepted },
      },
    },
    async (request, reply) => {
      await requestPasswordReset(deps, request.body.email)
      return reply.code(202).send({})
    },
  )

  app.post(
    '/api/v1/auth/password/reset',
    {
      config: signIn,
      schema: {
        docs: {
          operationId: 'resetPassword',
          tag: 'Sign-in',
          summary: 'Set a new password by a link that was mailed',
          description: 'Ends all sessions of the account. API keys go on working.',
          idempotent: false,
          errors: ['link_expired', 'weak_password'],
        },
        body: z.strictObject({ token: tokenField, password: newPasswordField }),
        response: { 204: z.undefined().describe('The password is set.') },
      },
    },
    async (request, reply) => {
      await resetPassword(deps, request.body)
      return reply.code(204).send()
    },
  )

  app.post(
    '/api/v1/auth/password',
    {
      config: { action: 'account:write' },
      schema: {
        docs: {
          operationId: 'changePassword',
          tag: 'Sign-in',
          summary: 'Change my password',
          description: 'Ends all other sessions of the account.',
          idempotent: false,
          errors: ['forbidden', 'invalid_credentials', 'weak_password'],
        },
        body: z.strictObject({ currentPassword: passwordField, newPassword: newPasswordField }),
        response: { 204: z.undefined().describe('The password is changed.') },
      },
    },
    async (request, reply) => {
      await changePassword(deps, actorOf(request), { ...request.body, ipAddress: request.ip })
      return reply.code(204).send()
    },
  )

  app.post(
    '/api/v1/auth/email',
    {
      config: { action: 'account:write' },
      schema: {
        docs: {
          operationId: 'changeEmail',
          tag: 'Sign-in',
          summary: 'Change my e-mail address',
          description: 'Mails a link to the new address; the account has it when the link is used.',
          idempotent: false,
          errors: ['forbidden', 'invalid_credentials', 'not_configured'],
        },
        body: z.strictObject({ email: emailField, ...identityFields }).refine(hasOneIdentity, ONE_IDENTITY),
        response: { 202: accepted },
      },
    },
    async (request, reply) => {
      const { email } = request.body
      const input = { email, identity: identityOf(request.body), ipAddress: request.ip }
      await requestEmailChange(deps, actorOf(request), input)
      return reply.code(202).send({})
    },
  )

  app.post(
    '/api/v1/auth/email/verification',
    {
      config: { action: 'account:write' },
      schema: {
        docs: {
          operationId: 'verifyEmail',
          tag: 'Sign-in',
          summary: 'Mail a link that proves my e-mail address',
          idempotent: false,
          errors: ['forbidden', 'not_configured'],
        },
        response: { 202: accepted },
      },
    },
    async (request, reply) => {
      await requestVerification(deps, actorOf(request))
      return reply.code(202).send({})
    },
  )

  app.post(
    '/api/v1/auth/email/confirm',
    {
      config: signIn,
      schema: {
        docs: {
          operationId: 'confirmEmail',
          tag: 'Sign-in',
          summary: 'Prove an e-mail address by the link that was mailed to it',
          idempotent: false,
          errors: ['link_expired'],
        },
        body: z.strictObject({ token: tokenField }),
        response: { 204: z.undefined().describe('The address is proven.') },
      },
    },
    async (request, reply) => {
      await confirmEmail(deps, request.body.token)
      return reply.code(204).send()
    },
  )
}
