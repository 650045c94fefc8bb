import type { ApiInstance } from '../../api-instance.ts'
import { actorOf } from '../../authorization/actor-of.ts'
import { authorize } from '../../authorization/authorize.ts'
import type { Idempotency } from '../../plugins/idempotency/idempotency.ts'
import { idempotent } from '../../plugins/idempotency/idempotent.ts'
import { type ChangeTakedownDeps, createTakedown } from './create-takedown.ts'
import { liftTakedown } from './lift-takedown.ts'
import { listTakedowns, type ListTakedownsDeps } from './list-takedowns.ts'
import { newTakedownSchema, takedownListQuery, takedownListSchema, takedownParams, takedownSchema } from './schemas.ts'

export type TakedownsDeps = ChangeTakedownDeps & ListTakedownsDeps & { idempotency: Idempotency }

const WRITE = { action: 'takedowns:write', metered: false } as const

/** `/api/v1/admin/takedowns`: what operators of the platform deny, whoever holds it. */
export const registerTakedownsRoutes = (app: ApiInstance, deps: TakedownsDeps): void => {
  app.get(
    '/api/v1/admin/takedowns',
    {
      config: { action: 'takedowns:read', metered: false },
      schema: {
        docs: {
          operationId: 'listTakedowns',
          tag: 'Takedowns',
          summary: 'Takedowns, newest first',
          description: 'Those that were lifted as well.',
          errors: ['forbidden', 'invalid_cursor', 'invalid_cid', 'unsupported_cid'],
        },
        querystring: takedownListQuery,
        response: { 200: takedownListSchema },
      },
    },
    (request) => listTakedowns(deps, request.actor, request.query),
  )

  app.post(
    '/api/v1/admin/takedowns',
    {
      config: WRITE,
      schema: {
        docs: {
          operationId: 'createTakedown',
          tag: 'Takedowns',
          summary: 'Take content down',
          description:
            'No gateway serves it any more, in no encoding, on no path and from no cache, and responses that are under way end; peers do not get it, and it is announced no more. Nobody can pin or upload it. Pins and files stay, and tell their owners the case number. Copies elsewhere on IPFS stay.',
          errors: ['forbidden', 'invalid_cid', 'unsupported_cid', 'already_exists'],
          example: {
            cid: 'bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi',
            caseNumber: '2026-114',
            reason: 'An order of the court of Exampleton.',
          },
        },
        body: newTakedownSchema,
        response: {
          201: takedownSchema.describe('In force everywhere.'),
          202: takedownSchema.describe('In force; some gateway follows in a moment.'),
        },
      },
    },
    (request, reply) => {
      const actor = actorOf(request)
      const options = {
        route: 'POST /admin/takedowns',
        scope: actor.organizationId,
        authorize: () => authorize(actor, 'takedowns:write'),
      }
      return idempotent(deps.idempotency, request, reply, options, async (record) => {
        const { takedown, followed } = await createTakedown(deps, actor, request.body, record)
        return reply.code(followed ? 201 : 202).send(takedown)
      })
    },
  )

  app.delete(
    '/api/v1/admin/takedowns/:id',
    {
      config: WRITE,
      schema: {
        docs: {
          operationId: 'liftTakedown',
          tag: 'Takedowns',
          summary: 'Lift a takedown',
          description: 'What is held is served again. A denylist that names it goes on denying it.',
          errors: ['forbidden', 'not_found'],
        },
        params: takedownParams,
        response: {
          200: takedownSchema.describe('Lifted everywhere.'),
          202: takedownSchema.describe('Lifted; some gateway follows in a moment.'),
        },
      },
    },
    async (request, reply) => {
      const { takedown, followed } = await liftTakedown(deps, request.actor, request.params.id)
      return reply.code(followed ? 200 : 202).send(takedown)
    },
  )
}
