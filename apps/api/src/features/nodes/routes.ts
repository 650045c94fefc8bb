import type { ApiInstance } from '../../api-instance.ts'
import { listNodes, type ListNodesDeps } from './list-nodes.ts'
import { nodeListSchema } from './schemas.ts'

export type NodesDeps = ListNodesDeps

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
}
