import type { ResponsePlan } from './response-plan.ts'
import { EVERYWHERE } from './shared-headers.ts'

/** A short answer of the gateway's own, never cached: its home page and its health. */
export const planOwn = (method: string, status: number, contentType: string, text: string): ResponsePlan => {
  const body = Buffer.from(text)
  const headers = [
    'Content-Type',
    contentType,
    'Content-Length',
    String(body.length),
    'Cache-Control',
    'no-store',
    ...EVERYWHERE,
  ]
  return { status, headers, body: method === 'HEAD' ? null : body }
}
