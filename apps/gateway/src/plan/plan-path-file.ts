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

/** A UnixFS file below a directory. */
export type PathFileFacts = {
  cid: CID
  /** The CIDs on the way of the path that was asked for, the root first. */
  roots: readonly CID[]
  /** Its name in its directory, which tells its type before its first bytes do. */
  name: string
  content: Content
  sniffedType: string
}

/** Bytes of a file that a path leads to. Only `filename` and `download` say what it is to be saved as. */
export const planPathFile = (request: GatewayRequest, file: PathFileFacts): ResponsePlan => {
  const { filename, download } = request.query
  const type = contentTypeOfName(filename ?? file.name) ?? file.sniffedType
  const headers = ['Content-Type', type]
  const policy = contentSecurityPolicy(type, request)
  if (policy !== undefined) headers.push('Content-Security-Policy', policy)
  if (download || filename !== undefined)
    headers.push('Content-Disposition', contentDisposition(download ? 'attachment' : 'inline', filename ?? file.name))
  const { cid, roots, content } = file
  // The path's end: of a page that stands for its directory it is the directory ("Etag (response header)").
  const uri = ipfsUri(roots[0] as CID, request.path)
  return planRepresentation(request, { cid, roots, uri, etag: `"${cidText(roots.at(-1) as CID)}"`, headers, content })
}
