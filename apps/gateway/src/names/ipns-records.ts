import { compareIpnsRecords, type IpnsRecord, readIpnsRecord } from '@packages/content/ipns/ipns-record'
import { verifyIpnsRecord } from '@packages/content/ipns/verify-ipns-record'
import type { UnitOfWorkContext } from '@packages/db/unit-of-work'
import { parseCid } from '@packages/shared/cid'
import { sql } from 'kysely'
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

export type PutOutcome = 'stored' | 'older' | 'unknown'

/**
 * Takes a record for a name, if it is newer than the one that is held. Gateways hear of it with the change.
 * @param register a name that is not known yet becomes one that is; else only known names are taken
 * @returns `older` when the one that is held stays in force, `unknown` when the name is none of this platform's
 * @throws InvalidIpnsRecord
 */
export const putIpnsRecord = async (
  uow: UnitOfWorkContext,
  { key, record, register }: { key: string; record: Buffer; register: boolean },
): Promise<PutOutcome> => {
  const held = await uow.tx
    .selectFrom('ipns_names')
    .where('name', '=', key)
    .select('record')
    .forUpdate()
    .executeTakeFirst()
  // What anybody may send is not verified for nothing.
  if (held === undefined && !register) return 'unknown'
  const given = verifyIpnsRecord(parseCid(key), record, Date.now())
  if (held !== undefined && compareIpnsRecords(given, readIpnsRecord(held.record)) <= 0) return 'older'
  const row = { record, valid_until: new Date(given.validUntil) }
  await uow.tx
    .insertInto('ipns_names')
    .values({ name: key, ...row })
    .onConflict((conflict) => conflict.column('name').doUpdateSet({ ...row, updated_at: sql`now()` }))
    .execute()
  uow.policy({ kind: 'ipns.published', name: key })
  return 'stored'
}
