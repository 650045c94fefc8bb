import { z } from 'zod'
import type { ApiInstance } from '../../api-instance.ts'
import { actorOf } from '../../authorization/actor-of.ts'
import { authorize } from '../../authorization/authorize.ts'
import type { Idempotency } from '../../plugins/idempotency/idempotency.ts'
import { idempotent } from '../../plugins/idempotency/idempotent.ts'
import { identityOf } from '../auth/confirmation/schemas.ts'
import { createKey, type CreateKeyDeps } from './create-key.ts'
import { deleteKey } from './delete-key.ts'
import { exportKey, type ExportKeyDeps } from './export-key.ts'
import { getKey, listKeys } from './list-keys.ts'
import { exportedKeySchema, exportSchema, keyListSchema, keyParams, keySchema, newKeySchema } from './schemas.ts'

export type KeyRoutesDeps = CreateKeyDeps & ExportKeyDeps & { idempotency: Idempotency }

const READ = { action: 'ipns:read' } as const
const WRITE = { action: 'ipns:write' } as const
const tag = 'IPNS' as const

/** `/api/v1/ipns/keys`: what names are published by. */
export const registerKeyRoutes = (app: ApiInstance, deps: KeyRoutesDeps): void => {
  app.get(
    '/api/v1/ipns/keys',
    {
      config: READ,
      schema: {
        docs: { operationId: 'listIpnsKeys', tag, summary: 'All IPNS keys of the organization', errors: [] },
        response: { 200: keyListSchema },
      },
    },
    (request) => listKeys(deps, request.actor),
  )

  app.post(
    '/api/v1/ipns/keys',
    {
      config: WRITE,
      schema: {
        docs: {
          operationId: 'createIpnsKey',
          tag,
          summary: 'Make a key, and with it an IPNS name',
          description: 'Ed25519. The private key is kept here, sealed under the organization’s own key.',
          errors: ['invalid_request', 'already_exists', 'quota_exceeded'],
          example: { label: 'the website' },
        },
        body: newKeySchema,
        response: { 201: keySchema },
      },
    },
    (request, reply) => {
      const actor = actorOf(request)
      const allowed = (): void => authorize(actor, 'ipns:write', {})
      const options = { route: 'POST /ipns/keys', scope: actor.organizationId, authorize: allowed }
      return idempotent(deps.idempotency, request, reply, options, async (record) =>
        reply.code(201).send(await createKey(deps, actor, request.body, record)),
      )
    },
  )

  app.get(
    '/api/v1/ipns/keys/:id',
    {
      config: READ,
      schema: {
        docs: { operationId: 'getIpnsKey', tag, summary: 'An IPNS key', errors: ['not_found'] },
        params: keyParams,
        response: { 200: keySchema },
      },
    },
    (request) => getKey(deps, request.actor, request.params.id),
  )

  app.delete(
    '/api/v1/ipns/keys/:id',
    {
      config: WRITE,
      schema: {
        docs: {
          operationId: 'deleteIpnsKey',
          tag,
          summary: 'Delete a key, its name here, and the name’s history',
          description:
            'Nobody can publish by it again, unless it was exported. Peers of the network may lead by its last record until that ends.',
          errors: ['not_found'],
        },
        params: keyParams,
        response: {
          204: z.undefined().describe('No gateway follows the name by what was kept here.'),
          202: z.undefined().describe('Deleted; some gateway follows in a moment.'),
        },
      },
    },
    async (request, reply) => {
      const isFollowed = await deleteKey(deps, request.actor, request.params.id)
      return reply.code(isFollowed ? 204 : 202).send()
    },
  )

  app.post(
    '/api/v1/ipns/keys/:id/export',
    {
      config: { action: 'ipns:export' },
      schema: {
        docs: {
          operationId: 'exportIpnsKey',
          tag,
          summary: 'Show a private key, to take it elsewhere',
          description:
            'For owners and admins who are signed in, never for API keys; takes the password, or a confirmation from who has none; audited. There is no way back: whoever has it can lead the name anywhere.',
          idempotent: false,
          errors: ['invalid_request', 'forbidden', 'invalid_credentials', 'not_found'],
          example: {
            password: 'correct horse battery staple',
            confirm: 'k51qzi5uqu5dlvj2baxnqndepeb86cbk3ng7n3i46uzyxzyqj2xjonzllnv0v8',
          },
        },
        params: keyParams,
        body: exportSchema,
        response: { 200: exportedKeySchema },
      },
    },
    async (request, reply) => {
      const { params, body, ip } = request
      const asked = { id: params.id, confirm: body.confirm, identity: identityOf(body), ipAddress: ip }
      const exported = await exportKey(deps, request.actor, asked)
      return reply.header('cache-control', 'no-store').send(exported)
    },
  )
}
