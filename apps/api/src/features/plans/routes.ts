import { z } from 'zod'
import type { ApiInstance } from '../../api-instance.ts'
import { deletePlan, type DeletePlanDeps } from './delete-plan.ts'
import { listPlans, type ListPlansDeps } from './list-plans.ts'
import { putPlan, type PutPlanDeps } from './put-plan.ts'
import {
  newOrganizationPlanSchema,
  newPlanSchema,
  organizationPlanParams,
  organizationPlanSchema,
  planListSchema,
  planParams,
  planSchema,
} from './schemas.ts'
import { setOrganizationPlan, type SetOrganizationPlanDeps } from './set-organization-plan.ts'

export type PlansDeps = ListPlansDeps & PutPlanDeps & DeletePlanDeps & SetOrganizationPlanDeps

const EXAMPLE = {
  storageBytes: 10_737_418_240,
  files: 100_000,
  maxFileBytes: 1_073_741_824,
  bandwidthBytesPerMonth: 107_374_182_400,
  requestsPerMonth: 10_000_000,
  replicationMax: 2,
}

/** Operators have no month. */
const READ = { action: 'plans:read', metered: false } as const
const WRITE = { action: 'plans:write', metered: false } as const

/** `/api/v1/admin/plans`, and which organization is on which: for operators of the platform. */
export const registerPlansRoutes = (app: ApiInstance, deps: PlansDeps): void => {
  app.get(
    '/api/v1/admin/plans',
    {
      config: READ,
      schema: {
        docs: { operationId: 'listPlans', tag: 'Plans', summary: 'All plans', errors: ['forbidden'] },
        response: { 200: planListSchema },
      },
    },
    (request) => listPlans(deps, request.actor),
  )

  app.put(
    '/api/v1/admin/plans/:name',
    {
      config: WRITE,
      schema: {
        docs: {
          operationId: 'putPlan',
          tag: 'Plans',
          summary: 'Make or change a plan',
          description:
            'It holds at once for every organization on it: what is over a new limit stays, and no more comes in.',
          errors: ['invalid_request', 'forbidden', 'conflict'],
          example: EXAMPLE,
        },
        params: planParams,
        body: newPlanSchema,
        response: { 200: planSchema, 201: planSchema },
      },
    },
    async (request, reply) => {
      const { created, body } = await putPlan(deps, request.actor, request.params.name, request.body)
      return reply.code(created ? 201 : 200).send(body)
    },
  )

  app.delete(
    '/api/v1/admin/plans/:name',
    {
      config: WRITE,
      schema: {
        docs: {
          operationId: 'deletePlan',
          tag: 'Plans',
          summary: 'Delete a plan that no organization is on',
          errors: ['invalid_request', 'forbidden', 'conflict'],
        },
        params: planParams,
        response: { 204: z.undefined().describe('Deleted.') },
      },
    },
    async (request, reply) => {
      await deletePlan(deps, request.actor, request.params.name)
      return reply.code(204).send()
    },
  )

  app.put(
    '/api/v1/admin/organizations/:id/plan',
    {
      config: WRITE,
      schema: {
        docs: {
          operationId: 'setOrganizationPlan',
          tag: 'Plans',
          summary: 'Put an organization on a plan',
          errors: ['invalid_request', 'forbidden'],
          example: { plan: 'trial' },
        },
        params: organizationPlanParams,
        body: newOrganizationPlanSchema,
        response: { 200: organizationPlanSchema },
      },
    },
    (request) => setOrganizationPlan(deps, request.actor, request.params.id, request.body),
  )
}
