import type { IpnsRecord } from '@packages/content/ipns/ipns-record'
import { type Kysely, sql } from 'kysely'
import { lockSubject } from '../lock-subject.ts'
import type { Tables } from '../tables.ts'
import type { UnitOfWorkContext } from '../unit-of-work.ts'

export type IpnsChange = Pick<UnitOfWorkContext, 'tx' | 'policy' | 'record'>

/** Who brings a record: a key that is kept here, for somebody, or anybody with a signed one. */
type RecordWay = { way: 'key'; keyId: string; userId: string | null } | { way: 'record' }

/** Rows of a name's history; older ones go with the next record. */
const MAX_HISTORY = 1_000

/** One record after another of a name, so that sequences rise and the policy log tells them in order. Before anything is written. */
export const lockIpnsName = (tx: UnitOfWorkContext['tx'], name: string): Promise<void> =>
  lockSubject(tx, `ipns ${name}`)

/** The organization whose key publishes the name; null when its key is kept elsewhere. */
const ownerOf = async (db: Kysely<Tables>, name: string): Promise<string | null> => {
  const row = await db.selectFrom('ipns_keys').where('name', '=', name).select('organization_id').executeTakeFirst()
  return row?.organization_id ?? null
}

/**
 * Puts a verified record in force and into the name's history. It is due to be told to the network, nobody was warned of its end yet, and gateways hear of it with
 * the change. The caller holds the lock, and knows that it is newer than what was there.
 */
export const writeIpnsRecord = async (
  { tx, policy, record }: IpnsChange,
  { name, bytes, facts, by }: { name: string; bytes: Buffer; facts: IpnsRecord; by: RecordWay },
): Promise<void> => {
  const [valid_until, userId] = [new Date(facts.validUntil), by.way === 'key' ? by.userId : null]
  const row = { record: bytes, valid_until, ...(by.way === 'key' ? { key_id: by.keyId } : {}) }
  const renewed = { updated_at: sql<Date>`now()`, republish_after: sql<Date>`now()`, warned_days: null }
  await tx
    .insertInto('ipns_names')
    .values({ name, ...row })
    .onConflict((conflict) => conflict.column('name').doUpdateSet({ ...row, ...renewed }))
    .execute()
  const [value, sequence] = [facts.value, facts.sequence.toString()]
  await tx
    .insertInto('ipns_publications')
    .values({ name, user_id: userId, way: by.way, value, sequence, valid_until, ttl_seconds: facts.ttl ?? null })
    .execute()
  await sql`
    delete from ipns_publications where name = ${name}
      and id <= (select id from ipns_publications where name = ${name} order by id desc offset ${MAX_HISTORY} limit 1)
  `.execute(tx)
  policy({ kind: 'ipns.published', name })
  const organizationId = await ownerOf(tx, name)
  record({ kind: 'ipns.published', organizationId, actorId: userId, subject: name, payload: { value, sequence } })
}
