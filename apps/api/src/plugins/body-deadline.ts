import { HoldfastError } from '@packages/shared/holdfast-error'
import type { ApiInstance } from '../api-instance.ts'
import { HTTP_LIMITS } from '../http-limits.ts'
import { sendError } from './problem-errors.ts'

/**
 * A body must have come in within the route's time (30 s by default). The server-wide limit is made for uploads of
 * hours; without this a trickled JSON body would hold a socket that long.
 */
export const installBodyDeadline = (app: ApiInstance, defaultMs: number = HTTP_LIMITS.jsonBodyDeadlineMs): void => {
  app.addHook('preParsing', async (request, reply, payload) => {
    const deadline = request.routeOptions.config.bodyDeadlineMs ?? defaultMs
    if (deadline === 0 || request.raw.complete) return payload
    const timer = setTimeout(() => {
      if (request.raw.complete || reply.sent) return
      // An answer is under way, and there cannot be another one.
      if (reply.raw.headersSent) return void request.raw.destroy()
      reply.raw.once('finish', () => request.raw.destroy())
      sendError(request, reply, new HoldfastError('request_timeout'))
    }, deadline)
    request.raw.once('end', () => clearTimeout(timer))
    request.raw.once('close', () => clearTimeout(timer))
    return payload
  })
}
