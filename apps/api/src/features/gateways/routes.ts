import { z } from 'zod'
import type { ApiInstance } from '../../api-instance.ts'
import type { Idempotency } from '../../plugins/idempotency/idempotency.ts'
import type { ChangeDomainsDeps } from './change-domains.ts'
import { changeGateway } from './change-gateway.ts'
import { createToken, revokeToken } from './change-tokens.ts'
import { createGateway } from './create-gateway.ts'
import { deleteGateway } from './delete-gateway.ts'
import { getGateway, listGateways, type ListGatewaysDeps } from './list-gateways.ts'
import { registerDomainRoutes } from './domain-routes.ts'
import { followed, once, READ, WRITE } from './route-parts.ts'
import type { ChangeGatewayDeps } from './put-in-force.ts'
import {
  createdTokenSchema,
  gatewayChangeSchema,
  gatewayListSchema,
  gatewayParams,
  gatewaySchema,
  newGatewaySchema,
  newTokenSchema,
  tokenParams,
} from './schemas.ts'

export type GatewaysDeps = ListGatewaysDeps & ChangeGatewayDeps & ChangeDomainsDeps & { idempotency: Idempotency }

/** `/api/v1/gateways`: by which hosts, for whom and how much the organization's gateways serve. */
export const registerGatewaysRoutes = (app: ApiInstance, deps: GatewaysDeps): void => {
  registerDomainRoutes(app, deps)

  app.get(
    '/api/v1/gateways',
    {
      config: READ,
      schema: {
        docs: { operationId: 'listGateways', tag: 'Gateways', summary: 'All gateways of the organization', errors: [] },
        response: { 200: gatewayListSchema },
      },
    },
    (request) => listGateways(deps, request.actor),
  )

  app.post(
    '/api/v1/gateways',
    {
      config: WRITE,
      schema: {
        docs: {
          operationId: 'createGateway',
          tag: 'Gateways',
          summary: 'Make a gateway',
          description:
            'It answers at its name below each host of `GATEWAY_SUBDOMAIN_HOSTS`, paths of content there, and nothing without a token unless it says so. All that it asks of visitors has to be there: token, address, host and referrer.',
          errors: ['invalid_request', 'already_exists', 'quota_exceeded'],
          example: { name: 'acme-files', allowedAddresses: ['192.0.2.0/24'], requestsPerMinute: 6000 },
        },
        body: newGatewaySchema,
        response: { 201: gatewaySchema, ...followed(gatewaySchema) },
      },
    },
    (request, reply) =>
      once(deps, request, reply, { route: 'POST /gateways' }, async (record) => {
        const made = await createGateway(deps, request.actor, request.body, record)
        return reply.code(made.followed ? 201 : 202).send(made.result)
      }),
  )

  app.get(
    '/api/v1/gateways/:id',
    {
      config: READ,
      schema: {
        docs: { operationId: 'getGateway', tag: 'Gateways', summary: 'A gateway', errors: ['not_found'] },
        params: gatewayParams,
        response: { 200: gatewaySchema },
      },
    },
    (request) => getGateway(deps, request.actor, request.params.id),
  )

  app.patch(
    '/api/v1/gateways/:id',
    {
      config: WRITE,
      schema: {
        docs: {
          operationId: 'changeGateway',
          tag: 'Gateways',
          summary: 'Change a gateway',
          description: 'What is being sent to somebody who may not read any more ends.',
          errors: ['invalid_request', 'not_found'],
          example: { requestsPerMinute: 600 },
        },
        params: gatewayParams,
        body: gatewayChangeSchema,
        response: { 200: gatewaySchema.describe('In force everywhere.'), ...followed(gatewaySchema) },
      },
    },
    async (request, reply) => {
      const changed = await changeGateway(deps, request.actor, request.params.id, request.body)
      return reply.code(changed.followed ? 200 : 202).send(changed.result)
    },
  )

  app.delete(
    '/api/v1/gateways/:id',
    {
      config: WRITE,
      schema: {
        docs: {
          operationId: 'deleteGateway',
          tag: 'Gateways',
          summary: 'Delete a gateway and its tokens',
          errors: ['not_found'],
        },
        params: gatewayParams,
        response: { 204: z.undefined().describe('It answers no more.'), ...followed(z.undefined()) },
      },
    },
    async (request, reply) => {
      const isFollowed = await deleteGateway(deps, request.actor, request.params.id)
      return reply.code(isFollowed ? 204 : 202).send()
    },
  )

  app.post(
    '/api/v1/gateways/:id/tokens',
    {
      config: WRITE,
      schema: {
        docs: {
          operationId: 'createGatewayToken',
          tag: 'Gateways',
          summary: 'Make a token of a gateway',
          description:
            'It is shown this once. Visitors send it as `Holdfast-Gateway-Token`, as `Authorization: Bearer`, or as `?token=`.',
          errors: ['invalid_request', 'not_found', 'quota_exceeded', 'already_completed'],
          example: { name: 'the website' },
        },
        params: gatewayParams,
        body: newTokenSchema,
        response: { 201: createdTokenSchema, ...followed(createdTokenSchema) },
      },
    },
    (request, reply) => {
      const options = { route: 'POST /gateways/tokens', fingerprintOf: [request.params.id, request.body] }
      return once(deps, request, reply, options, async (record) => {
        const made = await createToken(deps, request.actor, request.params.id, request.body, record)
        return reply.code(made.followed ? 201 : 202).send(made.result)
      })
    },
  )

  app.delete(
    '/api/v1/gateways/:id/tokens/:tokenId',
    {
      config: WRITE,
      schema: {
        docs: {
          operationId: 'revokeGatewayToken',
          tag: 'Gateways',
          summary: 'End a token of a gateway',
          description: 'What is being sent by it ends.',
          errors: ['not_found'],
        },
        params: tokenParams,
        response: { 204: z.undefined().describe('It opens nothing any more.'), ...followed(z.undefined()) },
      },
    },
    async (request, reply) => {
      const isFollowed = await revokeToken(deps, request.actor, request.params)
      return reply.code(isFollowed ? 204 : 202).send()
    },
  )
}
