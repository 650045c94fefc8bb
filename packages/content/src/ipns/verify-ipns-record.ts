import type { CID } from 'multiformats/cid'
import { isSignedBy, publicKeyOf } from './ipns-key.ts'
import { InvalidIpnsRecord, type IpnsRecord, readIpnsRecord } from './ipns-record.ts'

const PREFIX = Buffer.from('ipns-signature:')

/**
 * Reads a record and checks that its name's key has signed it and that it has not ended (IPNS record specification, "Record
 * Verification").
 * @param name the IPNS name as a CID of the key
 * @param now milliseconds since 1970
 * @throws InvalidIpnsRecord
 */
export const verifyIpnsRecord = (name: CID, bytes: Uint8Array, now: number): IpnsRecord => {
  const record = readIpnsRecord(bytes)
  const key = publicKeyOf(name, record.publicKey)
  if (key === undefined) throw new InvalidIpnsRecord('It has no public key that belongs to the name.')
  if (!isSignedBy(key, Buffer.concat([PREFIX, record.data]), record.signatureV2))
    throw new InvalidIpnsRecord('It is not signed by the key of the name.')
  if (record.validUntil <= now) throw new InvalidIpnsRecord('Its signed life has ended.')
  return record
}
