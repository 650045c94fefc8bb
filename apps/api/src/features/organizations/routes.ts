import { z } from 'zod'
import type { ApiInstance } from '../../api-instance.ts'
import { actorOf } from '../../authorization/actor-of.ts'
import { authorize } from '../../authorization/authorize.ts'
import type { Idempotency } from '../../plugins/idempotency/idempotency.ts'
import { idempotent } from '../../plugins/idempotency/idempotent.ts'
import { pageLimit } from '../../values/query-values.ts'
import { type ChangeMemberDeps, changeRole, removeMember } from './change-member.ts'
import { changeOrganization, type ChangeOrganizationDeps } from './change-organization.ts'
import { createOrganization, type CreateOrganizationDeps } from './create-organization.ts'
import { listMembers, type ListMembersDeps } from './list-members.ts'
import { getOrganization, listOrganizations, type ReadOrganizationsDeps } from './list-organizations.ts'
import {
  memberPageSchema,
  memberParams,
  newOrganizationSchema,
  organizationChangesSchema,
  organizationListSchema,
  organizationParams,
  organizationSchema,
  roleField,
} from './schemas.ts'

export type OrganizationsDeps = ReadOrganizationsDeps &
  CreateOrganizationDeps &
  ChangeOrganizationDeps &
  ListMembersDeps &
  ChangeMemberDeps & { idempotency: Idempotency }

const tag = 'Organizations'
const ONE = '/api/v1/organizations/:organizationId'

/** `/api/v1/organizations`: the caller's organizations and their members. The path's id goes before `Holdfast-Org`. */
export const registerOrganizationsRoutes = (app: ApiInstance, deps: OrganizationsDeps): void => {
  app.get(
    '/api/v1/organizations',
    {
      config: { action: 'account:read', rateClass: 'list' },
      schema: {
        docs: { operationId: 'listOrganizations', tag, summary: 'My organizations, and my role in each' },
        response: { 200: organizationListSchema },
      },
    },
    (request) => listOrganizations(deps, actorOf(request)),
  )

  app.post(
    '/api/v1/organizations',
    {
      config: { action: 'organization:create' },
      schema: {
        docs: {
          operationId: 'createOrganization',
          tag,
          summary: 'Make an organization',
          description:
            'The caller owns it. It is on the plan `trial`, an operator’s on `unlimited`. How many one may own is a setting; where registration is closed only operators make any.',
          errors: ['registration_closed', 'quota_exceeded', 'rate_limited', 'not_configured'],
          example: { name: 'Compilers' },
        },
        body: newOrganizationSchema,
        response: { 201: organizationSchema },
      },
    },
    (request, reply) => {
      const actor = actorOf(request)
      const options = {
        route: 'POST /organizations',
        scope: actor.userId,
        authorize: () => authorize(actor, 'organization:create'),
      }
      return idempotent(deps.idempotency, request, reply, options, async (record) =>
        reply.code(201).send(await createOrganization(deps, actor, request.body, record)),
      )
    },
  )

  app.get(
    ONE,
    {
      config: { action: 'organization:read' },
      schema: {
        docs: { operationId: 'getOrganization', tag, summary: 'An organization' },
        params: organizationParams,
        response: { 200: organizationSchema },
      },
    },
    (request) => getOrganization(deps, actorOf(request), request.params.organizationId),
  )

  app.patch(
    ONE,
    {
      config: { action: 'organization:write' },
      schema: {
        docs: {
          operationId: 'changeOrganization',
          tag,
          summary: 'Rename an organization, or say what its uploads are by default',
          example: { name: 'Compilers', defaultVisibility: 'public' },
        },
        params: organizationParams,
        body: organizationChangesSchema,
        response: { 200: organizationSchema },
      },
    },
    (request) => changeOrganization(deps, actorOf(request), request.params.organizationId, request.body),
  )
  registerMembersRoutes(app, deps)
}

const registerMembersRoutes = (app: ApiInstance, deps: OrganizationsDeps): void => {
  app.get(
    `${ONE}/members`,
    {
      config: { action: 'members:read', rateClass: 'list' },
      schema: {
        docs: { operationId: 'listMembers', tag, summary: 'Who is in an organization', errors: ['invalid_cursor'] },
        params: organizationParams,
        querystring: z.strictObject({
          limit: pageLimit(100, 50),
          cursor: z.string().max(200).optional(),
        }),
        response: { 200: memberPageSchema },
      },
    },
    (request) => listMembers(deps, actorOf(request), request.params.organizationId, request.query),
  )

  app.patch(
    `${ONE}/members/:userId`,
    {
      config: { action: 'members:write' },
      schema: {
        docs: {
          operationId: 'changeMemberRole',
          tag,
          summary: 'Give a member another role',
          description: 'It holds on their next request. Only owners make and unmake owners; the last one stays.',
          errors: ['forbidden', 'not_found', 'last_owner'],
          example: { role: 'viewer' },
        },
        params: memberParams,
        body: z.strictObject({ role: roleField }),
        response: { 204: z.undefined().describe('The member has the role.') },
      },
    },
    async (request, reply) => {
      await changeRole(deps, actorOf(request), { ...request.params, ...request.body })
      return reply.code(204).send()
    },
  )

  app.delete(
    `${ONE}/members/:userId`,
    {
      config: { action: 'members:write' },
      schema: {
        docs: {
          operationId: 'removeMember',
          tag,
          summary: 'Remove a member',
          description: 'Their API keys of this organization stop working for good.',
          errors: ['forbidden', 'not_found', 'last_owner'],
        },
        params: memberParams,
        response: { 204: z.undefined().describe('They are no member any more.') },
      },
    },
    async (request, reply) => {
      await removeMember(deps, actorOf(request), request.params)
      return reply.code(204).send()
    },
  )

  app.delete(
    `${ONE}/membership`,
    {
      config: { action: 'organization:leave' },
      schema: {
        docs: {
          operationId: 'leaveOrganization',
          tag,
          summary: 'Leave an organization',
          errors: ['forbidden', 'not_found', 'last_owner'],
        },
        params: organizationParams,
        response: { 204: z.undefined().describe('The caller is no member any more.') },
      },
    },
    async (request, reply) => {
      const actor = actorOf(request)
      await removeMember(deps, actor, { ...request.params, userId: actor.userId })
      return reply.code(204).send()
    },
  )
}
