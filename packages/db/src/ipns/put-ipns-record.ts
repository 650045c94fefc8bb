import { compareIpnsRecords, readIpnsRecord } from '@packages/content/ipns/ipns-record'
import { verifyIpnsRecord } from '@packages/content/ipns/verify-ipns-record'
import { parseCid } from '@packages/shared/cid'
import { sql } from 'kysely'
import { type IpnsChange, lockIpnsName, writeIpnsRecord } from './write-ipns-record.ts'

export type PutOutcome = 'stored' | 'held' | 'older' | 'unknown' | 'too often'

/** Records of one name that strangers bring: each is told to all gateways and to the network, and stands in the audit log for ever. */
export const MOST_A_MINUTE = 30

const isTooOften = async ({ tx }: Pick<IpnsChange, 'tx'>, name: string): Promise<boolean> => {
  const earlier = tx.selectFrom('ipns_publications').select('id').where('name', '=', name)
  const recent = earlier.where('created_at', '>', sql<Date>`now() - interval '1 minute'`)
  return (await recent.limit(MOST_A_MINUTE).execute()).length === MOST_A_MINUTE
}

/** Who may not publish by a key that is kept here does not by one that was taken along. */
const isShut = async ({ tx }: Pick<IpnsChange, 'tx'>, name: string): Promise<boolean> => {
  const owners = tx.selectFrom('ipns_keys as k').innerJoin('organizations as o', 'o.id', 'k.organization_id')
  const shut = owners.where('k.name', '=', name).where('o.state', '<>', 'active').select('k.id')
  return (await shut.executeTakeFirst()) !== undefined
}

/** The record that is in force for a name, whether its life has ended or not. */
export const heldRecord = async ({ tx }: Pick<IpnsChange, 'tx'>, name: string): Promise<Buffer | undefined> =>
  (await tx.selectFrom('ipns_names').where('name', '=', name).select('record').executeTakeFirst())?.record

/**
 * Takes a record for a name, if it is newer than the one that is held. Gateways hear of it with the change.
 * @param register a name that is not known yet becomes one that is; else only known names are taken
 * @param now milliseconds since 1970
 * @returns `held` when it is the one that is in force, `older` when the one that is held stays in force, `unknown` when the name is none of this platform's, `too often` when it has
 *   changed many times within a minute
 * @throws InvalidIpnsRecord
 */
export const putIpnsRecord = async (
  uow: IpnsChange,
  { key, record, register, now = Date.now() }: { key: string; record: Buffer; register: boolean; now?: number },
): Promise<PutOutcome> => {
  // What anybody may send is not verified for nothing, nor does it wait for others.
  if (!register && (await heldRecord(uow, key)) === undefined) return 'unknown'
  const facts = verifyIpnsRecord(parseCid(key), record, now)
  await lockIpnsName(uow.tx, key)
  const held = await heldRecord(uow, key)
  // It went while we waited, or its organization is suspended.
  if (!register && (held === undefined || (await isShut(uow, key)))) return 'unknown'
  if (held?.equals(record)) return 'held'
  if (held !== undefined && compareIpnsRecords(facts, readIpnsRecord(held)) <= 0) return 'older'
  if (!register && (await isTooOften(uow, key))) return 'too often'
  await writeIpnsRecord(uow, { name: key, bytes: record, facts, by: { way: 'record' } })
  return 'stored'
}
