import { z } from 'zod'
import type { ApiInstance } from '../../api-instance.ts'
import { actorOf } from '../../authorization/actor-of.ts'
import { authorize } from '../../authorization/authorize.ts'
import type { Idempotency } from '../../plugins/idempotency/idempotency.ts'
import { idempotent } from '../../plugins/idempotency/idempotent.ts'
import { accountSchema, emailField, nameField, newPasswordField } from '../auth/account-fields.ts'
import { createUser, type CreateUserDeps } from './create-user.ts'

export type UsersDeps = CreateUserDeps & { idempotency: Idempotency }

const newUserSchema = z.strictObject({
  email: emailField,
  password: newPasswordField,
  name: nameField,
  organizationName: nameField.optional().meta({ description: "The organization's name; the user's by default." }),
})

/** `/api/v1/users`: accounts, made by an operator. */
export const registerUsersRoutes = (app: ApiInstance, deps: UsersDeps): void => {
  app.post(
    '/api/v1/users',
    {
      config: { action: 'users:create' },
      schema: {
        docs: {
          operationId: 'createUser',
          tag: 'Users',
          summary: 'Make a user with an own organization',
          description: 'For operators of the platform, signed in; API keys cannot.',
          errors: ['forbidden', 'already_exists', 'weak_password'],
          example: { email: 'grace@example.org', password: 'a long enough password', name: 'Grace Hopper' },
        },
        body: newUserSchema,
        response: { 201: accountSchema },
      },
    },
    (request, reply) => {
      const actor = actorOf(request)
      const options = {
        route: 'POST /users',
        scope: actor.organizationId,
        authorize: () => authorize(actor, 'users:create'),
      }
      return idempotent(deps.idempotency, request, reply, options, async (record) =>
        reply.code(201).send(await createUser(deps, actor, request.body, record)),
      )
    },
  )
}
