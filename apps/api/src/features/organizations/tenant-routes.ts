import { z } from 'zod'
import type { ApiInstance } from '../../api-instance.ts'
import { actorOf } from '../../authorization/actor-of.ts'
import { ORGANIZATION_STATES } from '../../authorization/actor.ts'
import { organizationSchema } from './schemas.ts'
import { setTenantState, type SetTenantStateDeps } from './set-tenant-state.ts'

export type TenantsDeps = SetTenantStateDeps

/** `/api/v1/admin/organizations`: what operators of the platform allow a tenant. */
export const registerTenantsRoutes = (app: ApiInstance, deps: TenantsDeps): void => {
  app.put(
    '/api/v1/admin/organizations/:id/state',
    {
      config: { action: 'tenants:write', metered: false },
      schema: {
        docs: {
          operationId: 'setOrganizationState',
          tag: 'Organizations',
          summary: 'Suspend, freeze or restore an organization',
          description:
            'In a `read-only` one nothing can be changed; in a `suspended` one nothing works but signing in and reading why. Gateways serve its public content no more, except what an active organization holds too; copies elsewhere on IPFS and in caches stay. It holds from the next request on, and ends uploads that run.',
          errors: ['forbidden', 'not_found'],
          example: { state: 'read-only', reason: 'The invoice of March is open.' },
        },
        params: z.object({ id: z.string() }),
        body: z.strictObject({
          state: z.enum(ORGANIZATION_STATES),
          reason: z
            .string()
            .trim()
            .min(1)
            .max(500)
            .regex(/^[^\p{Cc}]*$/u, { error: 'has control characters' })
            .meta({ description: 'Told to the members, and kept in the audit log.' }),
        }),
        response: {
          200: organizationSchema.describe('It holds everywhere; gateways serve what they may and no more.'),
          202: organizationSchema.describe('It holds; some gateway withholds or shows what it has to in a moment.'),
        },
      },
    },
    async (request, reply) => {
      const { organization, followed } = await setTenantState(deps, actorOf(request), request.params.id, request.body)
      return reply.code(followed ? 200 : 202).send(organization)
    },
  )
}
