import { askedPath, type GatewayRequest } from '../request/gateway-request.ts'
import { percentEncode } from './percent-encode.ts'

/** The content path as it was asked for, before anything was resolved (path gateway specification, "X-Ipfs-Path"). */
export const ipfsPath = (request: GatewayRequest): string => {
  const [namespace = '', ...rest] = askedPath(request)
  // Under /files it is the same content, for somebody who may read it.
  return `/${[namespace === 'files' ? 'ipfs' : namespace, ...rest.map(percentEncode)].join('/')}`
}
