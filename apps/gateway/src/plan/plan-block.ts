import type { CID } from 'multiformats/cid'
import type { Content } from '../content/content.ts'
import type { GatewayRequest } from '../request/gateway-request.ts'
import { contentDisposition } from './content-disposition.ts'
import { contentLocation } from './content-location.ts'
import { ipfsUri } from './ipfs-uri.ts'
import { planRepresentation } from './plan-representation.ts'
import type { ResponsePlan } from './response-plan.ts'

/**
 * A raw block (trustless gateway specification, "application/vnd.ipld.raw").
 * @param byAccept the Accept header chose it: caches keyed by URL learn where it stands and that the URL varies
 */
export const planBlock = (
  request: GatewayRequest,
  block: { cid: CID; roots?: readonly CID[]; content: Content },
  byAccept: boolean,
): ResponsePlan => {
  const cid = block.cid.toString()
  const headers = [
    'Content-Type',
    'application/vnd.ipld.raw',
    'Content-Disposition',
    contentDisposition('attachment', request.query.filename ?? `${cid}.bin`),
  ]
  if (byAccept) headers.push('Content-Location', contentLocation(request, 'raw'), 'Vary', 'Accept')
  return planRepresentation(request, {
    ...block,
    uri: ipfsUri(block.roots?.[0] ?? block.cid, request.path),
    etag: `"${cid}.raw"`,
    headers,
    isBlock: true,
  })
}
