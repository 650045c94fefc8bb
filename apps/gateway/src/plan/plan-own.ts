import type { ResponsePlan } from './response-plan.ts'
import { EVERYWHERE, OWN_POLICY } from './shared-headers.ts'

/** A short answer of the gateway's own, never cached: its home page and its health. */
export const planOwn = (
  method: string,
  status: number,
  contentType: string,
  text: string,
  policy: string = OWN_POLICY,
): ResponsePlan => {
  const body = Buffer.from(text)
  const headers = [
    'Content-Type',
    contentType,
    'Content-Length',
    String(body.length),
    'Cache-Control',
    'no-store',
    'Content-Security-Policy',
    policy,
    ...EVERYWHERE,
  ]
  return { status, headers, body: method === 'HEAD' ? null : body }
}
