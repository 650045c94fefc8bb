import { hash } from 'node:crypto'
import { HASH_IDENTITY, HASH_SHA2_256 } from '@packages/shared/cid'
import { HoldfastError } from '@packages/shared/holdfast-error'
import type { MultihashDigest } from 'multiformats'

const ALGORITHMS = new Map<number, string>([
  [HASH_SHA2_256, 'sha256'],
  [0x13, 'sha512'],
])

/**
 * True when the bytes have this multihash.
 * @throws HoldfastError `unsupported_cid` for a hash function that we cannot compute, or a digest of the wrong length.
 */
export const matchesHash = (multihash: MultihashDigest, bytes: Uint8Array): boolean => {
  if (multihash.code === HASH_IDENTITY) return Buffer.compare(multihash.digest, bytes) === 0
  const algorithm = ALGORITHMS.get(multihash.code)
  if (algorithm === undefined)
    throw new HoldfastError('unsupported_cid', { detail: `Hash 0x${multihash.code.toString(16)} is not supported.` })
  const digest = hash(algorithm, bytes, 'buffer')
  if (digest.length !== multihash.digest.length)
    throw new HoldfastError('unsupported_cid', { detail: 'The digest does not have the length of its hash.' })
  return digest.equals(multihash.digest)
}
