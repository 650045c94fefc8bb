import { HoldfastError } from '@packages/shared/holdfast-error'
import type { FastifyRequest } from 'fastify'
import type { Actor } from './actor.ts'

/** The caller of a route that needs one. @throws HoldfastError `unauthenticated` when no credential was sent. */
export const actorOf = (request: Pick<FastifyRequest, 'actor'>): Actor => {
  if (request.actor === null) throw new HoldfastError('unauthenticated')
  return request.actor
}
