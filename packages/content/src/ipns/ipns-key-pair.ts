import { createPrivateKey, createPublicKey, type KeyObject, randomBytes } from 'node:crypto'
import { CODEC_LIBP2P_KEY, HASH_IDENTITY } from '@packages/shared/cid'
import { base36 } from 'multiformats/bases/base36'
import { CID } from 'multiformats/cid'
import * as Digest from 'multiformats/hashes/digest'
import { protobufField } from './create-ipns-record.ts'

/** Of the Ed25519 seed, which is all of the private key (RFC 8032, 5.1.5). */
const SEED_BYTES = 32
const PKCS8_ED25519 = Buffer.from('302e020100300506032b657004220420', 'hex')
/** `KeyType` in libp2p's keys (PeerID specification, "Keys"). */
const ED25519 = 1n

/** An Ed25519 key that publishes one IPNS name. */
export type IpnsKeyPair = {
  privateKey: KeyObject
  /** CIDv1, libp2p-key, base36: the key itself, so that records need not carry it. */
  name: string
}

export const newIpnsSeed = (): Buffer => randomBytes(SEED_BYTES)

const publicBytes = (key: KeyObject): Buffer =>
  createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(-SEED_BYTES)

const libp2pKey = (data: Buffer): Buffer => Buffer.concat([protobufField(1, ED25519), protobufField(2, data)])

/** The key pair of a seed and its name. @throws Error for what is no seed */
export const ipnsKeyPair = (seed: Uint8Array): IpnsKeyPair => {
  if (seed.length !== SEED_BYTES) throw new Error('a seed has 32 bytes')
  const key = Buffer.concat([PKCS8_ED25519, seed])
  const privateKey = createPrivateKey({ key, format: 'der', type: 'pkcs8' })
  const serialized = libp2pKey(publicBytes(privateKey))
  const name = CID.createV1(CODEC_LIBP2P_KEY, Digest.create(HASH_IDENTITY, serialized)).toString(base36)
  return { privateKey, name }
}

/** The private key as libp2p writes it, in clear: `ipfs key import --format=libp2p-protobuf-cleartext` reads it. */
export const exportIpnsKey = (seed: Uint8Array): Buffer =>
  libp2pKey(Buffer.concat([seed, publicBytes(ipnsKeyPair(seed).privateKey)]))
