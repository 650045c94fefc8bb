import type { ApiInstance } from '../../api-instance.ts'
import { readUsage, type ReadUsageDeps, usageSchema } from './read-usage.ts'

export type UsageDeps = ReadUsageDeps

/** `/api/v1/usage`: it answers also when the month's requests are used up. */
export const registerUsageRoutes = (app: ApiInstance, deps: UsageDeps): void => {
  app.get(
    '/api/v1/usage',
    {
      config: { action: 'usage:read', metered: false },
      schema: {
        docs: {
          operationId: 'readUsage',
          tag: 'Plans',
          summary: "What the caller's organization uses, and may use",
          description: 'Storage and files are exact; requests and bandwidth of other processes lag seconds behind.',
        },
        response: { 200: usageSchema },
      },
    },
    (request) => readUsage(deps, request.actor),
  )
}
