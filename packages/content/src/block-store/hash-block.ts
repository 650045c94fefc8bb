import { createHash, hash } from 'node:crypto'
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
  return isDigest(multihash, hash(algorithmOf(multihash), bytes, 'latin1'))
}

/** The same for bytes that lie in pieces, without joining them. */
export const partsMatchHash = (multihash: MultihashDigest, parts: readonly Uint8Array[]): boolean => {
  const only = parts[0]
  if (only === undefined || parts.length === 1) return matchesHash(multihash, only ?? new Uint8Array(0))
  if (multihash.code === HASH_IDENTITY) return matchesHash(multihash, Buffer.concat(parts))
  const hasher = createHash(algorithmOf(multihash))
  for (const part of parts) hasher.update(part)
  return isDigest(multihash, hasher.digest('latin1'))
}

const algorithmOf = ({ code }: MultihashDigest): string => {
  const algorithm = ALGORITHMS.get(code)
  if (algorithm !== undefined) return algorithm
  throw new HoldfastError('unsupported_cid', { detail: `Hash 0x${code.toString(16)} is not supported.` })
}

/** @param made a character for each byte: to make a buffer takes three times as long as to hash 100 bytes */
const isDigest = ({ digest }: MultihashDigest, made: string): boolean => {
  if (made.length !== digest.length)
    throw new HoldfastError('unsupported_cid', { detail: 'The digest does not have the length of its hash.' })
  for (let at = 0; at < digest.length; at++) if (made.charCodeAt(at) !== digest[at]) return false
  return true
}
