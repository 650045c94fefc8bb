import { addressPath, type GatewayRequest } from '../request/gateway-request.ts'
import { percentEncode } from './percent-encode.ts'

/**
 * Where the same representation stands without an Accept header (path gateway specification, "Content-Location"), under the same name: of
 * the other parameters those that Content-Disposition is made of.
 */
export const contentLocation = (request: GatewayRequest, format: string): string => {
  const { filename, download } = request.query
  const named = filename === undefined ? '' : `&filename=${percentEncode(filename)}`
  return `/${addressPath(request).map(percentEncode).join('/')}?format=${format}${named}${download ? '&download=true' : ''}`
}
