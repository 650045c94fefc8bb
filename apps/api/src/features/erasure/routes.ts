import { z } from 'zod'
import type { ApiInstance } from '../../api-instance.ts'
import { actorOf } from '../../authorization/actor-of.ts'
import { identityOf } from '../auth/confirmation/schemas.ts'
import { eraseOrganization, type EraseOrganizationDeps } from './erase-organization.ts'
import { eraseUser } from './erase-user.ts'
import { readReceipt, type ReadReceiptDeps } from './read-receipt.ts'
import {
  erasureStartedSchema,
  organizationErasureBody,
  ownErasureBody,
  receiptBody,
  receiptSchema,
  userErasureBody,
} from './schemas.ts'

export type ErasureDeps = EraseOrganizationDeps & ReadReceiptDeps

const tag = 'Data protection'
const STARTED = { 202: erasureStartedSchema }
const DESCRIPTION =
  'Answers when it has begun. Rows, keys, mails and pins go, then the blocks that nobody else has pinned, then their bytes in the store; the receipt says when all is done.'

const inputOf = ({ body, ip }: { body: z.infer<typeof ownErasureBody>; ip: string }) => ({
  identity: identityOf(body),
  confirm: body.confirm,
  ipAddress: ip,
})

/** Erasures, and their receipts. */
export const registerErasureRoutes = (app: ApiInstance, deps: ErasureDeps): void => {
  app.post(
    '/api/v1/account/erasure',
    {
      config: { action: 'account:write' },
      schema: {
        docs: {
          operationId: 'eraseAccount',
          tag,
          summary: 'Erase my account',
          description: `Takes the password, or a confirmation from who has none. Organizations in which I am alone are erased with it; in others what I have uploaded stays theirs, without my name. ${DESCRIPTION}`,
          idempotent: false,
          errors: ['forbidden', 'invalid_credentials', 'last_owner', 'conflict'],
        },
        body: ownErasureBody,
        response: STARTED,
      },
    },
    async (request, reply) => {
      const actor = actorOf(request)
      const started = await eraseUser(deps, actor, actor.userId, inputOf(request))
      return reply.code(202).send(started)
    },
  )

  app.post(
    '/api/v1/organizations/:organizationId/erasure',
    {
      config: { action: 'organization:erase' },
      schema: {
        docs: {
          operationId: 'eraseOrganization',
          tag,
          summary: 'Erase an organization and all that it holds',
          description: `Its members keep their accounts. ${DESCRIPTION}`,
          idempotent: false,
          errors: ['forbidden', 'not_found', 'invalid_credentials', 'conflict'],
        },
        params: z.object({ organizationId: z.string() }),
        body: organizationErasureBody,
        response: STARTED,
      },
    },
    async (request, reply) => {
      const input = { ...inputOf(request), by: 'owner' as const }
      return reply.code(202).send(await eraseOrganization(deps, actorOf(request), request.params.organizationId, input))
    },
  )

  app.post(
    '/api/v1/erasures/receipt',
    {
      config: { access: 'public', rateClass: 'sign-in' },
      schema: {
        docs: {
          operationId: 'readErasureReceipt',
          tag,
          summary: 'What was erased, by the token that was given for it',
          idempotent: false,
          errors: ['not_found'],
        },
        body: receiptBody,
        response: { 200: receiptSchema },
      },
    },
    (request) => readReceipt(deps, request.body.token),
  )
  registerOperatorRoutes(app, deps)
}

const registerOperatorRoutes = (app: ApiInstance, deps: ErasureDeps): void => {
  const errors = ['forbidden', 'not_found', 'invalid_credentials', 'last_owner', 'conflict'] as const
  const params = z.object({ id: z.string() })

  app.post(
    '/api/v1/admin/organizations/:id/erasure',
    {
      config: { action: 'tenants:erase', metered: false },
      schema: {
        docs: {
          operationId: 'eraseTenant',
          tag,
          summary: 'Erase an organization, as an operator',
          description: DESCRIPTION,
          idempotent: false,
          errors: [...errors],
        },
        params,
        body: organizationErasureBody,
        response: STARTED,
      },
    },
    async (request, reply) => {
      const input = { ...inputOf(request), by: 'operator' as const }
      return reply.code(202).send(await eraseOrganization(deps, actorOf(request), request.params.id, input))
    },
  )

  app.post(
    '/api/v1/admin/users/:id/erasure',
    {
      config: { action: 'tenants:erase', metered: false },
      schema: {
        docs: {
          operationId: 'eraseUser',
          tag,
          summary: 'Erase a user, as an operator',
          description: `Hand the token of the receipt to the person. ${DESCRIPTION}`,
          idempotent: false,
          errors: [...errors],
        },
        params,
        body: userErasureBody,
        response: STARTED,
      },
    },
    async (request, reply) => {
      return reply.code(202).send(await eraseUser(deps, actorOf(request), request.params.id, inputOf(request)))
    },
  )
}
