import { cidText } from '@packages/shared/cid'
import type { CID } from 'multiformats/cid'
import type { Content } from '../content/content.ts'
import type { GatewayRequest } from '../request/gateway-request.ts'
import { contentDisposition } from './content-disposition.ts'
import { contentSecurityPolicy } from './content-safety.ts'
import { contentTypeOfName } from './content-type-of-name.ts'
import { ipfsUri } from './ipfs-uri.ts'
import { planRepresentation } from './plan-representation.ts'
import type { ResponsePlan } from './response-plan.ts'

/** What is known of a UnixFS file: `sniffedType` comes from its first bytes and counts where no name tells more. */
export type FileFacts = { cid: CID; content: Content; sniffedType: string }

/**
 * Bytes of a UnixFS file (path gateway specification, "Response Payload").
 * @param name the name by which the path asked for it, if it did; the parameter `filename` overrides it
 */
export const planFile = (request: GatewayRequest, file: FileFacts, name: string | undefined): ResponsePlan => {
  const cid = cidText(file.cid)
  const { filename = name, download } = request.query
  const type = (filename === undefined ? undefined : contentTypeOfName(filename)) ?? file.sniffedType
  const headers = ['Content-Type', type]
  const policy = contentSecurityPolicy(type, request)
  if (policy !== undefined) headers.push('Content-Security-Policy', policy)
  if (download || filename !== undefined)
    headers.push('Content-Disposition', contentDisposition(download ? 'attachment' : 'inline', filename ?? cid))
  // The name is one of this platform's rows and no part of the DAG: elsewhere only the CID itself leads to the file.
  const uri = ipfsUri(file.cid, name === undefined ? request.path : [])
  return planRepresentation(request, { cid: file.cid, uri, etag: `"${cid}"`, headers, content: file.content })
}
