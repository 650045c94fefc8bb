import { z } from 'zod'
import type { ApiInstance } from '../../api-instance.ts'
import type { Idempotency } from '../../plugins/idempotency/idempotency.ts'
import { idempotent } from '../../plugins/idempotency/idempotent.ts'
import { accountSchema, emailField, nameField, newPasswordField } from '../auth/account-fields.ts'
import { type SetUpDeps, setUpPlatform } from './set-up-platform.ts'
import { isSetUp } from './setup-token.ts'

export type SetupDeps = SetUpDeps & {
  idempotency: Idempotency
  /** Where people reach the gateway; null when the API knows none. */
  gatewayUrl: string | null
  registration: 'closed' | 'invite' | 'open'
  mail: boolean
  /** What its button says; null when there is none. */
  singleSignOn: string | null
  passkeys: boolean
}

const setUpSchema = z.strictObject({
  token: z.string().min(1).max(200).meta({ description: 'From the link that the platform prints when it starts.' }),
  email: emailField,
  password: newPasswordField,
  name: nameField,
})

const setupStateSchema = z
  .object({
    completed: z.boolean(),
    gatewayUrl: z.string().nullable().meta({ description: 'Files are read at `{gatewayUrl}/ipfs/{cid}`.' }),
    registration: z.enum(['closed', 'invite', 'open']).meta({ description: 'Who gets an account.' }),
    mail: z.boolean().meta({ description: 'Whether mail is sent: passwords can be reset by it.' }),
    singleSignOn: z
      .string()
      .nullable()
      .meta({ description: 'What the button of single sign-on says; null: there is none.' }),
    passkeys: z
      .boolean()
      .meta({ description: 'Whether passkeys work: they need a host name, and HTTPS or localhost.' }),
  })
  .meta({ id: 'SetupState' })

/** `/api/v1/setup`: the first administrator. */
export const registerSetupRoutes = (app: ApiInstance, deps: SetupDeps): void => {
  app.get(
    '/api/v1/setup',
    {
      config: { access: 'public' },
      schema: {
        docs: {
          operationId: 'getSetup',
          tag: 'Setup',
          summary: 'Has the platform been set up, and where is its gateway',
        },
        response: { 200: setupStateSchema },
      },
    },
    async () => ({
      completed: await isSetUp(deps),
      gatewayUrl: deps.gatewayUrl,
      registration: deps.registration,
      mail: deps.mail,
      singleSignOn: deps.singleSignOn,
      passkeys: deps.passkeys,
    }),
  )

  app.post(
    '/api/v1/setup',
    {
      config: { access: 'public', rateClass: 'sign-in' },
      schema: {
        docs: {
          operationId: 'setUp',
          tag: 'Setup',
          summary: 'Make the first administrator',
          errors: ['weak_password', 'invalid_token', 'setup_closed', 'already_completed'],
          example: {
            token: 'kQ7…',
            email: 'ada@example.org',
            password: 'correct horse battery staple',
            name: 'Ada Lovelace',
          },
        },
        body: setUpSchema,
        response: { 201: accountSchema },
      },
    },
    (request, reply) => {
      const scope = deps.idempotency.credentialScope(request.body.token)
      return idempotent(deps.idempotency, request, reply, { route: 'POST /setup', scope }, async (record) =>
        reply.code(201).send(await setUpPlatform(deps, request.body, record)),
      )
    },
  )
}
