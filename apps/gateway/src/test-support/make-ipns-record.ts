import { createHash, createPrivateKey, createPublicKey } from 'node:crypto'
import { createIpnsRecord, protobufField } from '@packages/content/ipns/create-ipns-record'
import { CODEC_LIBP2P_KEY } from '@packages/shared/cid'
import { base36 } from 'multiformats/bases/base36'
import { CID } from 'multiformats/cid'
import * as Digest from 'multiformats/hashes/digest'

const PKCS8_ED25519 = Buffer.from('302e020100300506032b657004220420', 'hex')

/** An Ed25519 key by a word, the same one each time, and its IPNS name. */
export const ipnsKey = (word: string) => {
  const seed = createHash('sha256').update(word).digest()
  const key = createPrivateKey({ key: Buffer.concat([PKCS8_ED25519, seed]), format: 'der', type: 'pkcs8' })
  const publicKey = createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(-32)
  const serialized = Buffer.concat([protobufField(1, 1n), protobufField(2, publicKey)])
  const cid = CID.createV1(CODEC_LIBP2P_KEY, Digest.create(0, serialized))
  return { key, cid, name: cid.toString(base36), serialized }
}

export type RecordOptions = {
  value: string
  sequence?: bigint
  validUntil?: string
  ttlSeconds?: number
  /** Fields that come in front, as legacy records have them. */
  before?: Buffer
}

/** A signed record of version 2. */
export const makeIpnsRecord = ({ key }: Pick<ReturnType<typeof ipnsKey>, 'key'>, options: RecordOptions): Buffer => {
  const { value, sequence = 1n, validUntil = '2099-01-01T00:00:00.000000000Z', ttlSeconds = 0, before } = options
  const record = createIpnsRecord(key, { value, sequence, validity: validUntil, ttlSeconds })
  return Buffer.concat([before ?? Buffer.alloc(0), record])
}
