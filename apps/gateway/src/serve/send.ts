import type { ServerResponse } from 'node:http'
import type { ResponsePlan } from '../plan/response-plan.ts'
import type { BufferPool } from './buffer-pool.ts'
import { streamContent } from './stream-content.ts'

export type SendDeps = {
  pool: BufferPool
  pieceTimeoutMs: number
  /** Told why a response was cut short on our side. */
  onBroken(error: unknown): void
}

/**
 * The only place that writes to a response. What goes wrong after the first byte ends the connection: a client that
 * got fewer bytes than Content-Length promised knows that it has not got the whole.
 */
export const send = (response: ServerResponse, plan: ResponsePlan, deps: SendDeps): void => {
  if (plan.close === true) response.shouldKeepAlive = false
  response.writeHead(plan.status, plan.headers as string[])
  const { body } = plan
  if (body === null) response.end()
  else if (!('content' in body)) response.end(body)
  else if (body.content.body !== undefined) {
    const whole = body.content.body
    response.end(body.start === 0 && body.end === whole.length ? whole : whole.subarray(body.start, body.end))
  } else if (body.start === body.end) response.end()
  else {
    streamContent(response, body, deps).catch((error: unknown) => {
      response.destroy()
      deps.onBroken(error)
    })
  }
}
