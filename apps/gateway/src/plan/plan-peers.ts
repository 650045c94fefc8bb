import type { PeerRecord } from '../routing/peer-record.ts'
import type { ResponsePlan } from './response-plan.ts'
import { EVERYWHERE, OWN_POLICY } from './shared-headers.ts'

/** Delegated Routing V1, "Cache-Control": shorter for nothing. What is pinned now may be gone in minutes. */
const CACHE = {
  some: 'public, max-age=300, stale-while-revalidate=300, stale-if-error=300',
  none: 'public, max-age=15',
}

/** Peers as JSON, or one a line for who asks for that ("Streaming"). */
export const planPeers = (
  { method, accept, now }: { method: string; accept: string | undefined; now: number },
  list: 'Providers' | 'Peers',
  peers: readonly PeerRecord[],
): ResponsePlan => {
  const asLines = /\bapplication\/x-ndjson\b/i.test(accept ?? '')
  const text = asLines
    ? peers.map((peer) => `${JSON.stringify(peer)}\n`).join('')
    : `${JSON.stringify({ [list]: peers })}\n`
  const body = Buffer.from(text)
  const headers = [
    'Content-Type',
    asLines ? 'application/x-ndjson' : 'application/json',
    'Content-Length',
    String(body.length),
    'Cache-Control',
    peers.length === 0 ? CACHE.none : CACHE.some,
    'Last-Modified',
    new Date(now).toUTCString(),
    'Vary',
    'Accept',
    'Content-Security-Policy',
    OWN_POLICY,
    ...EVERYWHERE,
  ]
  return { status: 200, headers, body: method === 'HEAD' ? null : body }
}
