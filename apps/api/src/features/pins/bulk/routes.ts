import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { ApiInstance } from '../../../api-instance.ts'
import { actorOf } from '../../../authorization/actor-of.ts'
import { authorize } from '../../../authorization/authorize.ts'
import { idempotencyKeyOf } from '../../../plugins/idempotency/idempotency.ts'
import { type ApiRateLimiters, consumeOfCaller } from '../../../plugins/rate-limit.ts'
import type { OpenRequests } from '../../../open-requests/open-requests.ts'
import { registerRawBodyScope } from '../../../upload-body/raw-body-scope.ts'
import { receiveBody } from '../../../upload-body/receive-body.ts'
import { bulkUnpinLineSchema } from '../schemas.ts'
import { BULK_LIMITS, type BulkLimits } from './bulk-limits.ts'
import { type BulkPinDeps, type BulkPinLine, bulkPin, pinLineReader } from './bulk-pin.ts'
import { type BulkUnpinDeps, type BulkUnpinLine, bulkUnpin } from './bulk-unpin.ts'
import { bulkPinDocs, bulkUnpinDocs } from './docs.ts'
import { BULK_TYPES, formatOf, lineReader } from './line-format.ts'
import { type BulkWork, runBulk, type RunBulkDeps } from './run-bulk.ts'

export type BulkDeps = BulkPinDeps &
  BulkUnpinDeps &
  Omit<RunBulkDeps, 'bulkLimits'> & {
    bulkLimits?: BulkLimits
    openUploads: OpenRequests
    rateLimiters: ApiRateLimiters
  }

const CONFIG = { action: 'pins:write', bodyDeadlineMs: 0, answersWhileReading: true } as const

/** `/api/v1/pins/bulk`: bodies of many lines, and answers that begin before they have come in. */
export const registerBulkRoutes = (app: ApiInstance, deps: BulkDeps): void => {
  registerRawBodyScope(app, BULK_TYPES, (scope) => {
    scope.post(
      '/api/v1/pins/bulk',
      { config: CONFIG, schema: { docs: bulkPinDocs, response: { 200: z.undefined() } } },
      (request, reply) =>
        answer(deps, request, reply, {
          route: 'POST /pins/bulk',
          read: pinLineReader(deps.denied, formatOf(request.headers['content-type'])),
          work: (lines: BulkPinLine[], keep) => bulkPin(deps, actorOf(request), lines, keep),
        }),
    )

    scope.post(
      '/api/v1/pins/bulk/unpin',
      { config: CONFIG, schema: { docs: bulkUnpinDocs, response: { 200: z.undefined() } } },
      (request, reply) =>
        answer(deps, request, reply, {
          route: 'POST /pins/bulk/unpin',
          read: lineReader(formatOf(request.headers['content-type']), bulkUnpinLineSchema),
          work: (lines: BulkUnpinLine[], keep) => bulkUnpin(deps, actorOf(request), lines, keep),
        }),
    )
  })
}

const answer = <T, R extends object>(
  deps: BulkDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  { route, read, work }: Pick<BulkWork<T, R>, 'read' | 'work'> & { route: string },
): Promise<FastifyReply> => {
  const { actor, headers, ip } = request
  authorize(actor, 'pins:write', {})
  return receiveBody(deps, actor, request, async ({ bytes }) => {
    const key = idempotencyKeyOf(headers)
    const scope = actor.organizationId
    const claim = key === undefined ? undefined : await deps.idempotency.claim({ scope, route, key })
    try {
      const about = formatOf(headers['content-type'])
      const bulkLimits = { ...(deps.bulkLimits ?? BULK_LIMITS), headerLines: about === 'csv' ? 1 : 0 }
      const { output, ended } = await runBulk({ ...deps, bulkLimits }, bytes, {
        read,
        work,
        charge: async (cost) => void (await consumeOfCaller(deps.rateLimiters, { actor, ip, cost })),
        key: key === undefined ? null : { scope, route, key, about },
      })
      void reply.type('application/x-ndjson').header('cache-control', 'no-store').send(output)
      await ended
      return reply
    } finally {
      claim?.release()
    }
  })
}
