import type { CID } from 'multiformats/cid'
import type { GatewayRequest } from '../request/gateway-request.ts'
import { ipfsPath } from './ipfs-path.ts'
import { ipfsUri } from './ipfs-uri.ts'
import { EVERYWHERE } from './shared-headers.ts'

/** What every response tells of the path that it answers. @param roots the CIDs on its way, the root first */
export const aboutPath = (request: GatewayRequest, roots: readonly CID[]): string[] => [
  'X-Ipfs-Path',
  ipfsPath(request),
  'X-Ipfs-Roots',
  roots.join(','),
  'Ipfs-Uri',
  ipfsUri(roots[0] as CID, request.path),
  ...EVERYWHERE,
]
