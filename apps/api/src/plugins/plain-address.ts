import { HoldfastError } from '@packages/shared/holdfast-error'
import { isHost } from '@packages/shared/is-host'
import { isHttp1, namesOneHost } from '@packages/shared/names-one-host'
import type { ApiInstance } from '../api-instance.ts'
import { refuseUnstorableText } from './unstorable-text.ts'

/** Refuses requests without one host, and addresses whose parts cannot be text: NUL in a path segment or a query value. */
export const installPlainAddress = (app: ApiInstance): void => {
  app.addHook('onRequest', async (request, reply) => {
    // Node drops what came with a request for another protocol: the connection cannot go on.
    if (request.headers.upgrade !== undefined) reply.header('connection', 'close')
    if (!isHttp1(request.raw.httpVersion))
      throw new HoldfastError('invalid_request', {
        detail: 'HTTP/1.1 is spoken here.',
        headers: { connection: 'close' },
      })
    // Node would answer a missing one by an empty 400, and take the first of several.
    if (!namesOneHost(request.raw.rawHeaders, request.raw.httpVersion))
      throw new HoldfastError('invalid_request', { detail: 'There must be one Host header.' })
    if (!isHost(request.raw.headers.host ?? ''))
      throw new HoldfastError('invalid_request', { detail: 'The Host header is no host.' })
    refuseUnstorableText(request.params, 4)
    refuseUnstorableText(request.query, 4)
  })
}
