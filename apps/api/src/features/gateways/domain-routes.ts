import { z } from 'zod'
import type { ApiInstance } from '../../api-instance.ts'
import type { Idempotency } from '../../plugins/idempotency/idempotency.ts'
import { addDomain, type ChangeDomainsDeps, removeDomain, verifyDomain } from './change-domains.ts'
import { followed, once, WRITE } from './route-parts.ts'
import { domainParams, domainSchema, gatewayParams, newDomainSchema } from './schemas.ts'

export type DomainRoutesDeps = ChangeDomainsDeps & { idempotency: Idempotency }

/** `/api/v1/gateways/:id/domains`: own domains, which serve when their DNS says so. */
export const registerDomainRoutes = (app: ApiInstance, deps: DomainRoutesDeps): void => {
  app.post(
    '/api/v1/gateways/:id/domains',
    {
      config: WRITE,
      schema: {
        docs: {
          operationId: 'addGatewayDomain',
          tag: 'Gateways',
          summary: 'Name a domain of a gateway',
          description:
            'The answer tells the TXT record that shows whose the domain is. It is looked for once a minute for a day, and when it is asked to verify.',
          errors: ['invalid_request', 'not_found', 'already_exists', 'quota_exceeded'],
          example: { domain: 'files.example.org' },
        },
        params: gatewayParams,
        body: newDomainSchema,
        response: { 201: domainSchema, ...followed(domainSchema) },
      },
    },
    (request, reply) => {
      const options = { route: 'POST /gateways/domains', fingerprintOf: [request.params.id, request.body] }
      return once(deps, request, reply, options, async (record) => {
        const added = await addDomain(deps, request.actor, request.params.id, request.body, record)
        return reply.code(added.followed ? 201 : 202).send(added.result)
      })
    },
  )

  app.post(
    '/api/v1/gateways/:id/domains/:domainId/verify',
    {
      config: WRITE,
      schema: {
        docs: {
          operationId: 'verifyGatewayDomain',
          tag: 'Gateways',
          summary: 'Look at a domain’s DNS now',
          description:
            'Answers 200 whatever is found: `state` says whether the domain is served, `problem` why not. What is served is looked at all the time, and stops within a minute when the record is gone.',
          errors: ['not_found', 'unavailable'],
        },
        params: domainParams,
        response: { 200: domainSchema, ...followed(domainSchema) },
      },
    },
    async (request, reply) => {
      const verified = await verifyDomain(deps, request.actor, request.params)
      return reply.code(verified.followed ? 200 : 202).send(verified.result)
    },
  )

  app.delete(
    '/api/v1/gateways/:id/domains/:domainId',
    {
      config: WRITE,
      schema: {
        docs: {
          operationId: 'removeGatewayDomain',
          tag: 'Gateways',
          summary: 'End a domain of a gateway',
          description: 'What is being sent by it ends. Named again it gets another record.',
          errors: ['not_found'],
        },
        params: domainParams,
        response: { 204: z.undefined().describe('It is not served any more.'), ...followed(z.undefined()) },
      },
    },
    async (request, reply) => {
      const isFollowed = await removeDomain(deps, request.actor, request.params)
      return reply.code(isFollowed ? 204 : 202).send()
    },
  )
}
