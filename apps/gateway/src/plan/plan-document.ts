import type { CID } from 'multiformats/cid'
import type { Content } from '../content/content.ts'
import type { GatewayRequest } from '../request/gateway-request.ts'
import { DOCUMENT_TYPES, type DocumentFormat } from '../request/negotiate-document.ts'
import { contentLocation } from './content-location.ts'
import { contentDisposition } from './content-disposition.ts'
import { ipfsUri } from './ipfs-uri.ts'
import { planRepresentation } from './plan-representation.ts'
import type { ResponsePlan } from './response-plan.ts'

export type DocumentFacts = {
  /** The CIDs on the way of the path, the document's last. */
  roots: readonly CID[]
  content: Content
  format: Exclude<DocumentFormat, 'html'>
}

/**
 * A block of DAG-JSON, DAG-CBOR, JSON or CBOR as it is (path gateway specification, "Response Payload"; IPIP-524).
 * @param byAccept what the address gives depends on Accept
 */
export const planDocument = (request: GatewayRequest, document: DocumentFacts, byAccept: boolean): ResponsePlan => {
  const { roots, content, format } = document
  const cid = roots.at(-1) as CID
  const kind = format.endsWith('json') ? 'json' : 'cbor'
  const { filename = `${cid}.${kind}`, download } = request.query
  const headers = [
    'Content-Type',
    DOCUMENT_TYPES[format],
    'Content-Disposition',
    contentDisposition(kind === 'cbor' || download ? 'attachment' : 'inline', filename),
  ]
  if (byAccept) headers.push('Content-Location', contentLocation(request, format), 'Vary', 'Accept')
  const uri = ipfsUri(roots[0] as CID, request.path)
  return planRepresentation(request, { cid, roots, uri, etag: `"${cid}.${format}"`, headers, content, isBlock: true })
}
