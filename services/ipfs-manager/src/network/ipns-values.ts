import type { SelectFn, ValidateFn } from '@libp2p/kad-dht'
import { compareIpnsRecords, InvalidIpnsRecord, type IpnsRecord } from '@packages/content/ipns/ipns-record'
import { verifyIpnsRecord } from '@packages/content/ipns/verify-ipns-record'
import { CODEC_LIBP2P_KEY, parseCid } from '@packages/shared/cid'
import { base36 } from 'multiformats/bases/base36'
import { CID } from 'multiformats/cid'
import * as Digest from 'multiformats/hashes/digest'

const PREFIX = Buffer.from('/ipns/')

/** Under what a name's record stands in the DHT (IPNS record specification, "Routing Record"). @param name in canonical form */
export const routingKeyOf = (name: string): Uint8Array => Buffer.concat([PREFIX, parseCid(name).multihash.bytes])

const nameOf = (key: Uint8Array): CID => {
  if (!PREFIX.equals(key.subarray(0, PREFIX.length))) throw new InvalidIpnsRecord('The key is no IPNS name.')
  return CID.createV1(CODEC_LIBP2P_KEY, Digest.decode(key.subarray(PREFIX.length)))
}

/** The name in canonical form. @throws InvalidIpnsRecord for another key */
export const nameOfRoutingKey = (key: Uint8Array): string => nameOf(key).toString(base36)

/** What peers bring and answer is looked at before it is kept or believed. @throws InvalidIpnsRecord */
export const validateIpns: ValidateFn = (key, value) => {
  verifyIpnsRecord(nameOf(key), value, Date.now())
}

const readOrNull = (key: Uint8Array, value: Uint8Array): IpnsRecord | null => {
  try {
    return verifyIpnsRecord(nameOf(key), value, Date.now())
  } catch (error) {
    if (error instanceof InvalidIpnsRecord) return null
    throw error
  }
}

/** The one that is in force; peers who gave another are corrected by it. */
export const selectIpns: SelectFn = (key, values) => {
  let best: { at: number; record: IpnsRecord } | undefined
  for (const [at, value] of values.entries()) {
    const record = readOrNull(key, value)
    if (record !== null && (best === undefined || compareIpnsRecords(record, best.record) > 0)) best = { at, record }
  }
  return best?.at ?? 0
}
