import { createHash } from 'node:crypto'
import type { GatewayRequest } from '../request/gateway-request.ts'
import { isNotModified } from './conditional.ts'
import { contentDisposition } from './content-disposition.ts'
import { contentLocation } from './content-location.ts'
import type { ResponsePlan } from './response-plan.ts'
import { EVERYWHERE } from './shared-headers.ts'

export const IPNS_RECORD = 'application/vnd.ipfs.ipns-record'

export type RecordFacts = { key: string; record: Buffer; ttl: number | undefined }

export const etagOfRecord = (record: Buffer): string =>
  `"${createHash('sha256').update(record).digest('base64url')}.ipns-record"`

/** A signed record as it is (trustless gateway specification, "IPNS Record Responses"). */
export const planIpnsRecord = (request: GatewayRequest, facts: RecordFacts, byAccept: boolean): ResponsePlan => {
  const { key, record, ttl } = facts
  const etag = etagOfRecord(record)
  const shared = [
    'ETag',
    etag,
    ...(ttl === undefined ? [] : ['Cache-Control', `public, max-age=${ttl}`]),
    'Ipfs-Uri',
    `ipns://${key}`,
    ...(byAccept ? ['Content-Location', contentLocation(request, 'ipns-record'), 'Vary', 'Accept'] : []),
    ...EVERYWHERE,
  ]
  const about = { cids: [], names: [key] }
  if (isNotModified(request.headers, etag)) return { status: 304, headers: shared, body: null, about }
  const headers = [
    'Content-Type',
    IPNS_RECORD,
    'Content-Disposition',
    contentDisposition('attachment', request.query.filename ?? `${key}.ipns-record`),
    'Content-Length',
    String(record.length),
    ...shared,
  ]
  return { status: 200, headers, body: request.method === 'HEAD' ? null : record, about }
}
