import { createHash, createPublicKey, type KeyObject, verify } from 'node:crypto'
import { HASH_IDENTITY, HASH_SHA2_256 } from '@packages/shared/cid'
import type { CID } from 'multiformats/cid'
import { readProtobuf } from './protobuf-fields.ts'

const ED25519_SPKI = Buffer.from('302a300506032b6570032100', 'hex')
const SECP256K1_SPKI = Buffer.from('3036301006072a8648ce3d020106052b8104000a032200', 'hex')
const [RSA, ED25519, SECP256K1, ECDSA] = [0n, 1n, 2n, 3n]
/** Smaller ones are broken, larger ones make everybody's verification slow. */
const RSA_BITS = { min: 2048, max: 8192 }

const spki = (type: bigint, data: Buffer): KeyObject | undefined => {
  if (type === ED25519 && data.length === 32) return asKey(Buffer.concat([ED25519_SPKI, data]), 'ed25519')
  if (type === SECP256K1 && data.length === 33) return asKey(Buffer.concat([SECP256K1_SPKI, data]), 'ec')
  if (type === ECDSA) return asKey(data, 'ec')
  if (type !== RSA) return undefined
  const key = asKey(data, 'rsa')
  const bits = key?.asymmetricKeyDetails?.modulusLength ?? 0
  return bits >= RSA_BITS.min && bits <= RSA_BITS.max ? key : undefined
}

const asKey = (der: Buffer, kind: string): KeyObject | undefined => {
  try {
    const key = createPublicKey({ key: der, format: 'der', type: 'spki' })
    return key.asymmetricKeyType === kind ? key : undefined
  } catch {
    return undefined
  }
}

/**
 * The key of an IPNS name: out of the record when that hashes to the name, or out of the name itself (IPNS record specification,
 * "Record Verification", step 3).
 * @returns undefined when there is none, or none of a kind that is known: Ed25519, RSA, Secp256k1, ECDSA
 */
export const publicKeyOf = (name: CID, inRecord: Buffer | undefined): KeyObject | undefined => {
  const { code, digest } = name.multihash
  const own = code === HASH_IDENTITY ? Buffer.from(digest) : undefined
  const given = inRecord !== undefined && inRecord.length > 0 ? inRecord : undefined
  if (given !== undefined && !isNamed(given, code, digest)) return undefined
  const serialized = given ?? own
  if (serialized === undefined) return undefined
  const fields = readProtobuf(serialized)
  const type = fields?.numbers.get(1)
  const data = fields?.bytes.get(2)
  return type === undefined || data === undefined ? undefined : spki(type, data)
}

const isNamed = (key: Buffer, code: number, digest: Uint8Array): boolean => {
  if (code === HASH_IDENTITY) return key.equals(digest)
  return code === HASH_SHA2_256 && createHash('sha256').update(key).digest().equals(digest)
}

/** Whether the key made this signature, in the way of its kind (PeerID specification). */
export const isSignedBy = (key: KeyObject, message: Buffer, signature: Buffer): boolean => {
  try {
    return verify(key.asymmetricKeyType === 'ed25519' ? null : 'sha256', message, key, signature)
  } catch {
    return false
  }
}
