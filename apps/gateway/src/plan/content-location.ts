import { addressPath, type GatewayRequest } from '../request/gateway-request.ts'
import { percentEncode } from './percent-encode.ts'

/** Where the same representation stands without an Accept header (path gateway specification, "Content-Location"). */
export const contentLocation = (request: GatewayRequest, format: string): string =>
  `/${addressPath(request).map(percentEncode).join('/')}?format=${format}`
