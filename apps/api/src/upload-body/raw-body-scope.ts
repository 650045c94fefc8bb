import type { ApiInstance } from '../api-instance.ts'

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
    registerRoutes(scope)
  })
}
