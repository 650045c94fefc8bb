import type { ResponsePlan } from './response-plan.ts'
import { etagOfRecord, IPNS_RECORD } from './plan-ipns-record.ts'
import { EVERYWHERE } from './shared-headers.ts'
import { matchesWeakly } from '../request/entity-tag.ts'
import { planOwn } from './plan-own.ts'

/** Delegated Routing V1, `GET /routing/v1/ipns/{name}`, "Cache-Control": where a record says no time. */
const DEFAULT_TTL = 60

export type RoutingRecord = { record: Buffer; ttl: number | undefined; validUntil: number }

export type RoutingRequest = { method: string; ifNoneMatch: string | undefined; now: number }

const httpDate = (ms: number): string => new Date(ms).toUTCString()

/** A record with all that caches may know of it (Delegated Routing V1, "Response Headers"). */
export const planRoutingRecord = (
  { method, ifNoneMatch, now }: RoutingRequest,
  { record, ttl = DEFAULT_TTL, validUntil }: RoutingRecord,
): ResponsePlan => {
  const etag = etagOfRecord(record)
  const left = Math.max(0, Math.floor((validUntil - now) / 1_000))
  const shared = [
    'ETag',
    etag,
    'Cache-Control',
    `public, max-age=${Math.min(ttl, left)}, stale-while-revalidate=${left}, stale-if-error=${left}`,
    'Expires',
    httpDate(validUntil),
    'Last-Modified',
    httpDate(now),
    'Vary',
    'Accept',
    ...EVERYWHERE,
  ]
  if (ifNoneMatch !== undefined && matchesWeakly(ifNoneMatch, etag)) return { status: 304, headers: shared, body: null }
  const headers = ['Content-Type', IPNS_RECORD, 'Content-Length', String(record.length), ...shared]
  return { status: 200, headers, body: method === 'HEAD' ? null : record }
}

/** IPIP-513: that there is none is a 200 of another type, so that browsers show no error. */
export const planNoRecord = (method: string): ResponsePlan =>
  planOwn(method, 200, 'text/plain; charset=utf-8', 'No record of this IPNS name is known here.\n')
