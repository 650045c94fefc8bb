import type { ApiInstance } from '../../api-instance.ts'
import { z } from 'zod'
import { addNode, type AddNodeDeps } from './add-node.ts'
import { changeNode, type ChangeNodeDeps } from './change-node.ts'
import { listNodes, type ListNodesDeps } from './list-nodes.ts'
import { removeNode, type RemoveNodeDeps } from './remove-node.ts'
import { repairContent, type RepairContentDeps } from './repair-content.ts'
import {
  newNodeSchema,
  nodeChangeSchema,
  nodeListSchema,
  nodeParams,
  nodeSchema,
  repairParams,
  repairSchema,
} from './schemas.ts'

export type NodesDeps = AddNodeDeps & ListNodesDeps & ChangeNodeDeps & RemoveNodeDeps & RepairContentDeps

const WRITE = { action: 'nodes:write', metered: false } as const

/** `/api/v1/admin/nodes`: for operators of the platform. */
export const registerNodesRoutes = (app: ApiInstance, deps: NodesDeps): void => {
  app.get(
    '/api/v1/admin/nodes',
    {
      config: { action: 'nodes:read', metered: false },
      schema: {
        docs: {
          operationId: 'listNodes',
          tag: 'Nodes',
          summary: 'All nodes',
          description:
            'Who keeps content, how each is, and how many copies it has confirmed. Asked every five seconds.',
          errors: ['forbidden'],
        },
        response: { 200: nodeListSchema },
      },
    },
    (request) => listNodes(deps, request.actor),
  )

  app.post(
    '/api/v1/admin/nodes',
    {
      config: { ...WRITE, rateClass: 'expensive' },
      schema: {
        docs: {
          operationId: 'addNode',
          tag: 'Nodes',
          summary: 'Work with another Kubo node',
          description:
            'At once, and after every restart until it is removed. It is asked first: what is wrong with its version or settings is told, and then it is not taken.',
          errors: ['invalid_request', 'forbidden', 'already_exists', 'conflict'],
          example: { url: 'https://10.0.0.2:5001', token: 'secret', network: 'public', zone: 'b' },
          idempotent: false,
        },
        body: newNodeSchema,
        response: { 201: nodeSchema },
      },
    },
    async (request, reply) => reply.code(201).send(await addNode(deps, request.actor, request.body)),
  )

  app.patch(
    '/api/v1/admin/nodes/:id',
    {
      config: WRITE,
      schema: {
        docs: {
          operationId: 'changeNode',
          tag: 'Nodes',
          summary: 'Change a node’s zone and labels, drain it, or take it back',
          errors: ['invalid_request', 'forbidden', 'not_found', 'conflict'],
          example: { intent: 'draining' },
        },
        params: nodeParams,
        body: nodeChangeSchema,
        response: { 200: nodeSchema },
      },
    },
    (request) => changeNode(deps, request.actor, request.params.id, request.body),
  )

  app.delete(
    '/api/v1/admin/nodes/:id',
    {
      config: WRITE,
      schema: {
        docs: {
          operationId: 'removeNode',
          tag: 'Nodes',
          summary: 'Use a drained node no more',
          errors: ['forbidden', 'not_found', 'conflict'],
        },
        params: nodeParams,
        response: { 204: z.undefined().describe('Removed.') },
      },
    },
    async (request, reply) => {
      await removeNode(deps, request.actor, request.params.id)
      return reply.code(204).send()
    },
  )

  app.post(
    '/api/v1/admin/repairs/:cid',
    {
      config: WRITE,
      schema: {
        docs: {
          operationId: 'repairContent',
          tag: 'Nodes',
          summary: 'Make missing copies of a content now',
          description: 'What waits for its next try, or for a node with room, is tried at once.',
          errors: ['forbidden', 'invalid_cid', 'unsupported_cid', 'not_found'],
        },
        params: repairParams,
        response: { 202: repairSchema },
      },
    },
    async (request, reply) => reply.code(202).send(await repairContent(deps, request.actor, request.params.cid)),
  )
}
