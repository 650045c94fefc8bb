import { type IpnsRecord, readIpnsRecord } from '@packages/content/ipns/ipns-record'
import type { Pointer } from './name-resolver.ts'
import type { RecordAnswer } from './name-question.ts'

/** Of records that are kept here: the policy log tells of changes before. */
export const OWN_FRESH_MS = 86_400_000

const liveRecord = (bytes: Buffer | undefined, now: number): IpnsRecord | undefined => {
  const record = bytes === undefined ? undefined : readIpnsRecord(bytes)
  return record === undefined || record.validUntil <= now ? undefined : record
}

const ttlOf = ({ ttl, validUntil }: IpnsRecord, now: number): { ttl?: number } =>
  ttl === undefined ? {} : { ttl: Math.min(ttl, Math.floor((validUntil - now) / 1_000)) }

/**
 * What a record says. One that has ended says nothing.
 * @param freshMs how long it is good without asking again
 */
export const pointerOf = (bytes: Buffer | undefined, now: number, freshMs: number): Pointer | null => {
  const record = liveRecord(bytes, now)
  if (record === undefined) return null
  return { path: record.value, freshMs: Math.min(record.validUntil - now, freshMs), ...ttlOf(record, now) }
}

/** A stored record, to hand out. */
export const recordAnswer = (bytes: Buffer | undefined, now: number): RecordAnswer => {
  const record = liveRecord(bytes, now)
  if (record === undefined || bytes === undefined) return { record: null }
  return { record: bytes.toString('base64'), validUntil: record.validUntil, ...ttlOf(record, now) }
}
