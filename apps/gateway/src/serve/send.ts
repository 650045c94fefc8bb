import type { ServerResponse } from 'node:http'
import type { ResponsePlan } from '../plan/response-plan.ts'
import type { BufferPool } from './buffer-pool.ts'
import { sendByKernel } from './send-by-kernel.ts'
import { streamContent } from './stream-content.ts'
import { streamParts } from './stream-parts.ts'
import type { SystemCalls } from './system-calls.ts'

export type SendDeps = {
  pool: BufferPool
  pieceTimeoutMs: number
  /** Null where there are none. */
  calls: SystemCalls | null
  /** What browsers are told of reaching this host by HTTPS alone; null: nothing. */
  hsts: string | null
  /** What a plan's headers are when it is sent; its own by default. */
  headersOf?(plan: ResponsePlan): readonly string[]
  /** Told why a response was cut short on our side. */
  onBroken(error: unknown): void
}

/**
 * The only place that writes to a response. What goes wrong after the first byte ends the connection: a client that
 * got fewer bytes than Content-Length promised knows that it has not got the whole.
 * @returns a promise when the body has to be read first. It rejects only while nothing has been sent, so that the
 *   caller can send something else.
 */
export const send = (response: ServerResponse, plan: ResponsePlan, deps: SendDeps): void | Promise<void> => {
  if (plan.close === true) response.shouldKeepAlive = false
  const { body } = plan
  const begin = (): void => {
    if (response.headersSent) return
    const own = deps.headersOf?.(plan) ?? plan.headers
    const headers = deps.hsts === null ? own : [...own, 'Strict-Transport-Security', deps.hsts]
    response.writeHead(plan.status, headers as string[])
  }
  const cut = (error: unknown): void => {
    if (!response.headersSent) throw error
    response.destroy()
    deps.onBroken(error)
  }
  if (body !== null && 'content' in body && body.start < body.end)
    try {
      const start = sendByKernel(response, body, { ...deps, begin })
      if (start === body.end) return
      if (start > body.start || body.content.body === undefined)
        return streamContent(response, { ...body, start }, { ...deps, begin }).catch(cut)
    } catch (error) {
      cut(error)
      return
    }
  if (body !== null && 'stream' in body) return streamParts(response, body, { ...deps, begin }).catch(cut)
  begin()
  response.end(bytesOf(body))
}

/** What a body is that is at hand; undefined when there is none, and when it has to be read. */
export const bytesOf = (body: ResponsePlan['body']): Buffer | undefined => {
  if (body === null || 'stream' in body) return undefined
  if (!('content' in body)) return body
  const whole = body.content.body
  return body.start === 0 && body.end === whole?.length ? whole : whole?.subarray(body.start, body.end)
}
