import { z } from 'zod'
import type { ApiInstance } from '../../api-instance.ts'
import { actorOf } from '../../authorization/actor-of.ts'
import { authorize } from '../../authorization/authorize.ts'
import type { Idempotency } from '../../plugins/idempotency/idempotency.ts'
import { idempotent } from '../../plugins/idempotency/idempotent.ts'
import { changeGroup, deleteGroup } from './change-group.ts'
import { changeMembers } from './change-members.ts'
import { type ChangeGroupDeps, createGroup } from './create-group.ts'
import { getGroup, listGroups } from './list-groups.ts'
import {
  EXAMPLE_PIN,
  groupChangeSchema,
  groupListQuery,
  groupListSchema,
  groupParams,
  groupSchema,
  membersSchema,
  movedSchema,
  newGroupSchema,
} from './schemas.ts'

export type GroupsDeps = ChangeGroupDeps & { idempotency: Idempotency }

const READ = { action: 'groups:read' } as const
const WRITE = { action: 'groups:write' } as const

/** `/api/v1/groups`: what belongs together, and how many copies of it there are to be. */
export const registerGroupsRoutes = (app: ApiInstance, deps: GroupsDeps): void => {
  app.get(
    '/api/v1/groups',
    {
      config: { ...READ, rateClass: 'list' },
      schema: {
        docs: { operationId: 'listGroups', tag: 'Groups', summary: 'List groups', errors: ['invalid_cursor'] },
        querystring: groupListQuery,
        response: { 200: groupListSchema },
      },
    },
    (request) => listGroups(deps, request.actor, request.query),
  )

  app.post(
    '/api/v1/groups',
    {
      config: WRITE,
      schema: {
        docs: {
          operationId: 'createGroup',
          tag: 'Groups',
          summary: 'Make a group of pins and files',
          errors: ['invalid_request', 'already_exists', 'quota_exceeded'],
          example: { name: 'photos', replication: { min: 2, max: 3, zones: [] } },
        },
        body: newGroupSchema,
        response: { 201: groupSchema },
      },
    },
    (request, reply) => {
      const options = {
        route: 'POST /groups',
        scope: actorOf(request).organizationId,
        authorize: () => authorize(request.actor, 'groups:write', {}),
      }
      return idempotent(deps.idempotency, request, reply, options, async (record) =>
        reply.code(201).send(await createGroup(deps, request.actor, request.body, record)),
      )
    },
  )

  app.get(
    '/api/v1/groups/:id',
    {
      config: READ,
      schema: {
        docs: { operationId: 'getGroup', tag: 'Groups', summary: 'A group', errors: ['not_found'] },
        params: groupParams,
        response: { 200: groupSchema },
      },
    },
    (request) => getGroup(deps, request.actor, request.params.id),
  )

  app.patch(
    '/api/v1/groups/:id',
    {
      config: WRITE,
      schema: {
        docs: {
          operationId: 'changeGroup',
          tag: 'Groups',
          summary: 'Give a group another name or policy',
          description:
            'Its pins are given the policy in the background: `settled` says when all of them have it. What a pin asks for itself stays.',
          errors: ['invalid_request', 'already_exists', 'quota_exceeded', 'not_found'],
          example: { replication: { min: 2, max: 3, zones: [] } },
        },
        params: groupParams,
        body: groupChangeSchema,
        response: { 200: groupSchema },
      },
    },
    (request) => changeGroup(deps, request.actor, request.params.id, request.body),
  )

  app.delete(
    '/api/v1/groups/:id',
    {
      config: WRITE,
      schema: {
        docs: {
          operationId: 'deleteGroup',
          tag: 'Groups',
          summary: 'Delete a group',
          description: 'Its pins and files stay, in no group, with what they ask for themselves or the default.',
          errors: ['not_found'],
        },
        params: groupParams,
        response: { 204: z.undefined() },
      },
    },
    async (request, reply) => {
      await deleteGroup(deps, request.actor, request.params.id)
      return reply.code(204).send()
    },
  )

  for (const [path, way, summary] of [
    ['add', 'in', 'Put pins and files into a group'],
    ['remove', 'out', 'Take pins and files out of a group'],
  ] as const)
    app.post(
      `/api/v1/groups/:id/${path}`,
      {
        config: WRITE,
        schema: {
          docs: {
            operationId: way === 'in' ? 'addToGroup' : 'removeFromGroup',
            tag: 'Groups',
            summary,
            description:
              'Up to 1,000 in one request; all of them or none. A pin is in one group at a time, and a file where its pin is. They have what the policy says then at once.',
            errors: ['invalid_request', 'not_found'],
            example: { pins: [EXAMPLE_PIN] },
          },
          params: groupParams,
          body: membersSchema,
          response: { 200: movedSchema },
        },
      },
      (request, reply) => {
        const { id } = request.params
        const options = {
          route: `POST /groups/${path}`,
          scope: actorOf(request).organizationId,
          fingerprintOf: { id, ...request.body },
          authorize: () => authorize(request.actor, 'groups:write', {}),
        }
        return idempotent(deps.idempotency, request, reply, options, (record) =>
          changeMembers(deps, request.actor, { id, way }, request.body, record),
        )
      },
    )
}
