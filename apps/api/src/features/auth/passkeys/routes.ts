import { z } from 'zod'
import type { ApiInstance } from '../../../api-instance.ts'
import { actorOf } from '../../../authorization/actor-of.ts'
import { nameField } from '../account-fields.ts'
import { hasOneIdentity, identityFields, identityOf, ONE_IDENTITY } from '../confirmation/schemas.ts'
import { hasOneProof, proofFields, proofOf } from '../second-factor/schemas.ts'
import { addPasskey, type AddPasskeyDeps } from './add-passkey.ts'
import { beginPasskey, type BeginPasskeyDeps } from './begin-passkey.ts'
import { type ChangePasskeyDeps, removePasskey, renamePasskey } from './change-passkey.ts'
import { listPasskeys, type ListPasskeysDeps } from './list-passkeys.ts'
import { creationOptionsSchema, newCredentialSchema, passkeySchema } from './schemas.ts'
import { type PasskeySignInDeps, registerPasskeySignInRoutes } from './sign-in-routes.ts'

export type PasskeysDeps = BeginPasskeyDeps & AddPasskeyDeps & ListPasskeysDeps & ChangePasskeyDeps & PasskeySignInDeps

const shownSchema = z
  .strictObject({ ...identityFields, ...proofFields })
  .refine(hasOneIdentity, ONE_IDENTITY)
  .refine((body) => hasOneProof(body) || (body.code === undefined && body.recoveryCode === undefined), {
    error: 'send either code or recoveryCode',
    path: ['code'],
  })

/** `/api/v1/auth/passkeys`: the caller's own. */
export const registerPasskeysRoutes = (app: ApiInstance, deps: PasskeysDeps): void => {
  registerPasskeySignInRoutes(app, deps)
  const own = { action: 'account:write', metered: false } as const
  const params = z.object({ id: z.string() })

  app.get(
    '/api/v1/auth/passkeys',
    {
      config: own,
      schema: {
        docs: { operationId: 'listPasskeys', tag: 'Sign-in', summary: 'List my passkeys', errors: ['forbidden'] },
        response: { 200: z.object({ passkeys: z.array(passkeySchema) }) },
      },
    },
    async (request) => ({ passkeys: await listPasskeys(deps, actorOf(request)) }),
  )

  app.post(
    '/api/v1/auth/passkeys/options',
    {
      config: own,
      schema: {
        docs: {
          operationId: 'beginPasskey',
          tag: 'Sign-in',
          summary: 'Begin to add a passkey',
          description:
            'Takes what signing in takes: the password, and a code of the second factor where the account has one. What it answers is good in this session for five minutes.',
          idempotent: false,
          errors: [
            'forbidden',
            'not_configured',
            'invalid_credentials',
            'second_factor_required',
            'invalid_code',
            'conflict',
          ],
        },
        body: shownSchema,
        response: { 200: creationOptionsSchema },
      },
    },
    (request) => {
      const { body, ip: ipAddress } = request
      const proof = hasOneProof(body) ? proofOf(body) : undefined
      return beginPasskey(deps, actorOf(request), { identity: identityOf(body), proof, ipAddress })
    },
  )

  app.post(
    '/api/v1/auth/passkeys',
    {
      config: own,
      schema: {
        docs: {
          operationId: 'addPasskey',
          tag: 'Sign-in',
          summary: 'Add a passkey',
          description: 'It signs in by itself from then on, without password and code. The owner is told by mail.',
          idempotent: false,
          errors: ['forbidden', 'not_configured', 'invalid_passkey', 'already_exists', 'conflict'],
        },
        body: z.strictObject({ name: nameField, credential: newCredentialSchema }),
        response: { 201: passkeySchema },
      },
    },
    async (request, reply) => reply.code(201).send(await addPasskey(deps, actorOf(request), request.body)),
  )

  app.patch(
    '/api/v1/auth/passkeys/:id',
    {
      config: own,
      schema: {
        docs: {
          operationId: 'renamePasskey',
          tag: 'Sign-in',
          summary: 'Rename a passkey of mine',
          errors: ['forbidden', 'not_found'],
          example: { name: 'My phone' },
        },
        params,
        body: z.strictObject({ name: nameField }),
        response: { 200: passkeySchema },
      },
    },
    (request) => renamePasskey(deps, actorOf(request), { id: request.params.id, name: request.body.name }),
  )

  app.delete(
    '/api/v1/auth/passkeys/:id',
    {
      config: own,
      schema: {
        docs: {
          operationId: 'removePasskey',
          tag: 'Sign-in',
          summary: 'Remove a passkey of mine',
          description:
            'It signs in no more. Sessions that it began go on until they are ended. Refused when nothing else opens the account.',
          errors: ['forbidden', 'not_found', 'conflict'],
        },
        params,
        response: { 204: z.undefined().describe('It is removed.') },
      },
    },
    async (request, reply) => {
      await removePasskey(deps, actorOf(request), request.params.id)
      return reply.code(204).send()
    },
  )
}
