import { compareIpnsRecords, InvalidIpnsRecord, type IpnsRecord } from '@packages/content/ipns/ipns-record'
import { verifyIpnsRecord } from '@packages/content/ipns/verify-ipns-record'
import { parseCid } from '@packages/shared/cid'

export type Verified = { bytes: Buffer; record: IpnsRecord }

/** The record of these bytes; null for what the name's key has not signed, and what has ended. @param name in canonical form */
export const verifiedOrNull = (name: string, bytes: Uint8Array, now: number): Verified | null => {
  try {
    return { bytes: Buffer.from(bytes), record: verifyIpnsRecord(parseCid(name), bytes, now) }
  } catch (error) {
    if (error instanceof InvalidIpnsRecord) return null
    throw error
  }
}

/** The valid record that is in force of all that somebody gave for a name. Pure. */
export const newestRecord = (name: string, given: readonly Uint8Array[], now: number): Verified | null =>
  given
    .map((bytes) => verifiedOrNull(name, bytes, now))
    .filter((one) => one !== null)
    .reduce<Verified | null>(
      (best, one) => (best === null || compareIpnsRecords(one.record, best.record) > 0 ? one : best),
      null,
    )
