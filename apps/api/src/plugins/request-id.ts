import { randomUUIDv7 } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { isUuid } from '@packages/shared/ids'
import type { ApiInstance } from '../api-instance.ts'

/** Keeps a caller's id when it is a UUID, so that a proxy's and our log lines meet; makes an UUIDv7 otherwise. */
export const requestIdOf = (request: Pick<IncomingMessage, 'headers'>): string => {
  const given = request.headers['request-id']
  return typeof given === 'string' && isUuid(given) ? given : randomUUIDv7()
}

/** Answers every request with its id in `Request-Id`. */
export const installRequestId = (app: ApiInstance): void => {
  app.addHook('onRequest', async (request, reply) => {
    reply.header('request-id', request.id)
  })
}
