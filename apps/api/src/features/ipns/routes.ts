import type { ApiInstance } from '../../api-instance.ts'
import { actorOf } from '../../authorization/actor-of.ts'
import { authorize } from '../../authorization/authorize.ts'
import { idempotent } from '../../plugins/idempotency/idempotent.ts'
import { type KeyRoutesDeps, registerKeyRoutes } from './key-routes.ts'
import { listNames } from './list-names.ts'
import { listPublications } from './list-publications.ts'
import { publishName, type PublishDeps } from './publish-name.ts'
import {
  historyQuery,
  keyParams,
  nameListSchema,
  publicationPageSchema,
  publicationSchema,
  publishSchema,
} from './schemas.ts'

export type IpnsDeps = KeyRoutesDeps & PublishDeps

const READ = { action: 'ipns:read' } as const
const WRITE = { action: 'ipns:write' } as const
const tag = 'IPNS' as const
const CID = 'bafkreifzjut3te7nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e'

/** `/api/v1/ipns`: keys that publish names, where the names lead, and where they have led. */
export const registerIpnsRoutes = (app: ApiInstance, deps: IpnsDeps): void => {
  registerKeyRoutes(app, deps)

  app.get(
    '/api/v1/ipns/names',
    {
      config: READ,
      schema: {
        docs: { operationId: 'listIpnsNames', tag, summary: 'Where the organization’s IPNS names lead', errors: [] },
        response: { 200: nameListSchema },
      },
    },
    (request) => listNames(deps, request.actor),
  )

  app.post(
    '/api/v1/ipns/keys/:id/publish',
    {
      config: WRITE,
      schema: {
        docs: {
          operationId: 'publishIpnsName',
          tag,
          summary: 'Lead a name to other content',
          description:
            'Signs a record with a higher sequence than all before. The gateways follow it within a second; the IPFS network is told now and every few hours until the record ends, which needs the key no more. Publish again before that: owners are warned 30, 7 and 1 days ahead.',
          errors: ['invalid_request', 'not_found', 'content_denied', 'conflict'],
          example: { value: CID, lifetimeSeconds: 7_776_000, ttlSeconds: 300 },
        },
        params: keyParams,
        body: publishSchema,
        response: {
          201: publicationSchema.describe('In force in every gateway.'),
          202: publicationSchema.describe('In force; some gateway follows in a moment.'),
        },
      },
    },
    (request, reply) => {
      const actor = actorOf(request)
      const { id } = request.params
      const allowed = (): void => authorize(actor, 'ipns:write', {})
      const options = { route: `POST /ipns/keys/${id}/publish`, scope: actor.organizationId, authorize: allowed }
      return idempotent(deps.idempotency, request, reply, options, async (record) => {
        const { publication, followed } = await publishName(deps, actor, { id, ...request.body }, record)
        return reply.code(followed ? 201 : 202).send(publication)
      })
    },
  )

  app.get(
    '/api/v1/ipns/keys/:id/publications',
    {
      config: { ...READ, rateClass: 'list' },
      schema: {
        docs: {
          operationId: 'listIpnsPublications',
          tag,
          summary: 'What a name has led to, the newest first',
          description: 'The last 1,000 records, those that were signed elsewhere and brought included.',
          errors: ['not_found', 'invalid_cursor'],
        },
        params: keyParams,
        querystring: historyQuery,
        response: { 200: publicationPageSchema },
      },
    },
    (request) => listPublications(deps, request.actor, { ...request.params, ...request.query }),
  )
}
