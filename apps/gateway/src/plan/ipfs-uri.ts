import { canonicalCid } from '@packages/shared/cid'
import type { CID } from 'multiformats/cid'
import { percentEncode } from './percent-encode.ts'

/**
 * The header Ipfs-Uri (IPIP-548): what was asked for as a native address, in one spelling whatever the request's was.
 * CIDv1 in base32, segments encoded down to the unreserved characters, a trailing slash kept, no query.
 * @param path decoded segments from `ipfs` on
 */
export const ipfsUri = (cid: CID, path: readonly string[]): string =>
  ['ipfs:/', canonicalCid(cid), ...path.slice(2).map(percentEncode)].join('/')
