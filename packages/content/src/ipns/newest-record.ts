import { parseCid } from '@packages/shared/cid'
import { compareIpnsRecords, InvalidIpnsRecord, type IpnsRecord } from './ipns-record.ts'
import { verifyIpnsRecord } from './verify-ipns-record.ts'

/** A record whose signature and end were looked at. */
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

/** Whether it goes before the other, or there is no other. */
export const isNewer = ({ record }: Verified, other: Verified | undefined): boolean =>
  other === undefined || compareIpnsRecords(record, other.record) > 0

/** The valid record that is in force of all that somebody gave for a name. Pure. */
export const newestRecord = (name: string, given: readonly Uint8Array[], now: number): Verified | undefined => {
  let best: Verified | undefined
  for (const bytes of given) {
    const one = verifiedOrNull(name, bytes, now)
    if (one !== null && isNewer(one, best)) best = one
  }
  return best
}
