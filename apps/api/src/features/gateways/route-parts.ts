import type { FastifyReply, FastifyRequest } from 'fastify'
import type { z } from 'zod'
import { actorOf } from '../../authorization/actor-of.ts'
import { authorize } from '../../authorization/authorize.ts'
import type { Idempotency } from '../../plugins/idempotency/idempotency.ts'
import { idempotent, type RecordReply } from '../../plugins/idempotency/idempotent.ts'

export const READ = { action: 'gateways:read' } as const
export const WRITE = { action: 'gateways:write' } as const
export const followed = <S extends z.ZodType>(schema: S) => ({
  202: schema.describe('Some gateway follows in a moment.'),
})

/** A repeat of a request with an Idempotency-Key gets the first answer. */
export const once = <T>(
  { idempotency }: { idempotency: Idempotency },
  request: FastifyRequest,
  reply: FastifyReply,
  options: { route: string; fingerprintOf?: unknown },
  change: (record: RecordReply) => Promise<T>,
): Promise<T | void> => {
  const actor = actorOf(request)
  const allowed = (): void => authorize(actor, 'gateways:write', {})
  return idempotent(
    idempotency,
    request,
    reply,
    { ...options, scope: actor.organizationId, authorize: allowed },
    change,
  )
}
