import { z } from 'zod'
import type { ApiInstance } from '../../api-instance.ts'
import { actorOf } from '../../authorization/actor-of.ts'
import { authorize } from '../../authorization/authorize.ts'
import type { Idempotency } from '../../plugins/idempotency/idempotency.ts'
import { idempotent } from '../../plugins/idempotency/idempotent.ts'
import { pageLimit } from '../../values/query-values.ts'
import { apiKeySchema, newApiKeySchema, rotationSchema } from './api-key-schema.ts'
import { createApiKey, type CreateApiKeyDeps } from './create-api-key.ts'
import { listApiKeys, type ListApiKeysDeps } from './list-api-keys.ts'
import { revokeApiKey, type RevokeApiKeyDeps } from './revoke-api-key.ts'
import { rotateApiKey, type RotateApiKeyDeps } from './rotate-api-key.ts'

export type ApiKeysDeps = CreateApiKeyDeps &
  ListApiKeysDeps &
  RevokeApiKeyDeps &
  RotateApiKeyDeps & { idempotency: Idempotency }

/** `/api/v1/api-keys`: credentials of programs. Only people who are signed in manage them. */
const shownOnce = apiKeySchema.extend({ key: z.string() }).meta({ id: 'NewApiKey' })

export const registerApiKeysRoutes = (app: ApiInstance, deps: ApiKeysDeps): void => {
  app.post(
    '/api/v1/api-keys',
    {
      config: { action: 'api-keys:create' },
      schema: {
        docs: {
          operationId: 'createApiKey',
          tag: 'API keys',
          summary: 'Make an API key',
          description: 'The answer is the only place where the key is shown.',
          errors: ['forbidden', 'already_completed'],
          example: { name: 'backup', scopes: ['files:read', 'files:write'] },
        },
        body: newApiKeySchema,
        response: { 201: shownOnce },
      },
    },
    (request, reply) => {
      const actor = actorOf(request)
      const { organizationId, userId } = actor
      const options = {
        route: 'POST /api-keys',
        scope: organizationId,
        authorize: () => authorize(actor, 'api-keys:create', { organizationId, userId }),
      }
      return idempotent(deps.idempotency, request, reply, options, async (record) =>
        reply.code(201).send(await createApiKey(deps, actor, request.body, record)),
      )
    },
  )

  app.get(
    '/api/v1/api-keys',
    {
      config: { action: 'api-keys:read', rateClass: 'list' },
      schema: {
        docs: {
          operationId: 'listApiKeys',
          tag: 'API keys',
          summary: 'List API keys, newest first',
          errors: ['forbidden', 'invalid_cursor'],
        },
        querystring: z.strictObject({
          limit: pageLimit(100, 50),
          cursor: z.string().max(200).optional(),
        }),
        response: {
          200: z
            .object({ apiKeys: z.array(apiKeySchema), nextCursor: z.string().nullable() })
            .meta({ id: 'ApiKeyPage' }),
        },
      },
    },
    (request) => listApiKeys(deps, actorOf(request), request.query),
  )

  app.post(
    '/api/v1/api-keys/:id/rotate',
    {
      config: { action: 'api-keys:create' },
      schema: {
        docs: {
          operationId: 'rotateApiKey',
          tag: 'API keys',
          summary: 'Give an API key a new secret',
          description:
            'The answer is the only place where it is shown. The secret until now works on for `graceSeconds`.',
          errors: ['forbidden', 'not_found', 'already_completed'],
          example: { graceSeconds: 86_400 },
        },
        params: z.object({ id: z.string() }),
        body: rotationSchema,
        response: { 200: shownOnce },
      },
    },
    (request, reply) => {
      const actor = actorOf(request)
      const { organizationId } = actor
      const { id } = request.params
      const options = {
        route: `POST /api-keys/${id}/rotate`,
        scope: organizationId,
        authorize: () => authorize(actor, 'api-keys:create', { organizationId }),
      }
      return idempotent(deps.idempotency, request, reply, options, async (record) =>
        reply.send(await rotateApiKey(deps, actor, { id, ...request.body }, record)),
      )
    },
  )

  app.delete(
    '/api/v1/api-keys/:id',
    {
      config: { action: 'api-keys:revoke' },
      schema: {
        docs: {
          operationId: 'revokeApiKey',
          tag: 'API keys',
          summary: 'Revoke an API key',
          description: 'It stops working at once.',
          errors: ['forbidden', 'not_found'],
        },
        params: z.object({ id: z.string() }),
        response: { 204: z.undefined().describe('The key was revoked.') },
      },
    },
    async (request, reply) => {
      await revokeApiKey(deps, actorOf(request), request.params.id)
      return reply.code(204).send()
    },
  )
}
