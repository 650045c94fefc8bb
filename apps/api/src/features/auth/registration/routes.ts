import { z } from 'zod'
import type { ApiInstance } from '../../../api-instance.ts'
import { accountSchema, emailField, nameField, newPasswordField } from '../account-fields.ts'
import { accepted, tokenField } from '../addresses/routes.ts'
import { completeRegistration, type CompleteRegistrationDeps } from './complete-registration.ts'
import { register, type RegisterDeps } from './register.ts'

export type RegistrationDeps = RegisterDeps & CompleteRegistrationDeps

const registerSchema = z.strictObject({
  email: emailField,
  name: nameField,
  organizationName: nameField.optional().meta({ description: "The organization's name; the user's by default." }),
})

/** `/api/v1/auth/register`: accounts for whoever proves an address, where the operator allows it. */
export const registerRegistrationRoutes = (app: ApiInstance, deps: RegistrationDeps): void => {
  const signIn = { access: 'public', rateClass: 'sign-in' } as const

  app.post(
    '/api/v1/auth/register',
    {
      config: signIn,
      schema: {
        docs: {
          operationId: 'register',
          tag: 'Sign-in',
          summary: 'Ask for an account',
          description:
            'Mails a link that works once, for 24 hours. The answer is the same for an address that has an account.',
          idempotent: false,
          errors: ['registration_closed', 'not_configured'],
          example: { email: 'grace@example.org', name: 'Grace Hopper' },
        },
        body: registerSchema,
        response: { 202: accepted },
      },
    },
    async (request, reply) => {
      await register(deps, { ...request.body, ipAddress: request.ip })
      return reply.code(202).send({})
    },
  )

  app.post(
    '/api/v1/auth/register/complete',
    {
      config: signIn,
      schema: {
        docs: {
          operationId: 'completeRegistration',
          tag: 'Sign-in',
          summary: 'Open the account by the link that was mailed',
          idempotent: false,
          errors: ['registration_closed', 'link_expired', 'weak_password', 'already_exists'],
        },
        body: z.strictObject({ token: tokenField, password: newPasswordField }),
        response: { 201: accountSchema },
      },
    },
    async (request, reply) => reply.code(201).send(await completeRegistration(deps, request.body)),
  )
}
