import { requirePlainBody } from '@packages/runtime/plain-body'
import type { ApiInstance } from '../api-instance.ts'

/** Of every route, those that read their bodies themselves included: who may call it hears that its body is packed before it is read. */
export const installPlainBodies = (app: ApiInstance): void => {
  app.addHook('preParsing', async (request, _reply, payload) => {
    requirePlainBody(request.headers)
    return payload
  })
}
