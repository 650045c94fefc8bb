import { HoldfastError } from '@packages/shared/holdfast-error'
import type { ApiInstance } from '../api-instance.ts'
import { refuseUnstorableText } from './unstorable-text.ts'

/** An HTTP/1.1 request names its host exactly once (RFC 9112, 3.2); Node would answer an empty 400. */
const refuseMissingHost = (host: string | undefined, httpVersion: string): void => {
  if (host === undefined && httpVersion === '1.1')
    throw new HoldfastError('invalid_request', { detail: 'The Host header is missing.' })
}

/** Refuses addresses whose parts cannot be text: NUL in a path segment or a query value. */
export const installPlainAddress = (app: ApiInstance): void => {
  app.addHook('onRequest', async (request) => {
    refuseMissingHost(request.headers.host, request.raw.httpVersion)
    refuseUnstorableText(request.params, 4)
    refuseUnstorableText(request.query, 4)
  })
}
