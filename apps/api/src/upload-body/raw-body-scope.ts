import type { ApiInstance } from '../api-instance.ts'
import { abandonBody } from './request-body.ts'
import { UPLOAD_LIMITS } from './upload-limits.ts'

/**
 * Routes whose bodies go past Fastify's parsers: they are read from the socket, piece by piece, only as fast as the
 * store takes them. A scope of its own: its routes take these media types and nothing else, no other route takes them.
 */
export const registerRawBodyScope = (
  app: ApiInstance,
  mediaTypes: string[],
  registerRoutes: (scope: ApiInstance) => void,
): void => {
  void app.register(async (scope: ApiInstance) => {
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser(mediaTypes, (_request, _payload, done) => done(null))
    scope.addHook('onSend', async (request, reply) => {
      // Closing at once would reset the connection under a sender who has not read the reply yet: see `abandonBody`.
      if (!request.raw.readableEnded) reply.removeHeader('connection')
    })
    scope.addHook('onResponse', async (request) => {
      if (!request.raw.readableEnded) abandonBody(request.raw, UPLOAD_LIMITS.lingerMs)
    })
    registerRoutes(scope)
  })
}
