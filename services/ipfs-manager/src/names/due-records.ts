import type { Database } from '@packages/db/open-database'
import { parseCid } from '@packages/shared/cid'
import { takedownKey } from '@packages/shared/takedown'
import { sql } from 'kysely'

/** A record that the network is to be told of. */
export type DueRecord = {
  name: string
  record: Buffer
  /** Its key is kept here: nobody else has a newer one, unless it was brought here too. */
  is_own: boolean
}

/** While one process tells the network, others leave the name alone. */
const LEASE_MS = 5 * 60_000

/** Which names are due to be told to the network: in their rows, so that processes share the work and a restart loses nothing. */
export class DueRecords {
  readonly #db: Pick<Database, 'kysely'>
  readonly #now: () => number

  constructor({ db, now }: { db: Pick<Database, 'kysely'>; now: () => number }) {
    this.#db = db
    this.#now = now
  }

  /** Takes up to `limit` of those that are due, the longest overdue first. What has ended, and what a suspended organization publishes, is not told any more. */
  async claim(limit: number): Promise<DueRecord[]> {
    const now = new Date(this.#now())
    const { rows } = await sql<DueRecord>`
      with due as (
        select n.name from ipns_names n
        left join ipns_keys k on k.id = n.key_id
        left join organizations o on o.id = k.organization_id
        where n.republish_after <= ${now}::timestamptz and n.valid_until > ${now}::timestamptz
          and o.state is distinct from 'suspended'
        order by n.republish_after limit ${limit}
        for update of n skip locked
      )
      update ipns_names n set republish_after = ${this.#at(LEASE_MS)}::timestamptz
      from due where n.name = due.name
      returning n.name, n.record, n.key_id is not null as is_own
    `.execute(this.#db.kysely)
    return rows
  }

  /** What gateways refuse to follow is not kept alive elsewhere either. */
  async isTakenDown(name: string): Promise<boolean> {
    const row = await this.#db.kysely
      .selectFrom('takedowns')
      .select('id')
      .where('multihash', '=', takedownKey(parseCid(name)))
      .where('lifted_at', 'is', null)
      .executeTakeFirst()
    return row !== undefined
  }

  /** The network has this record now. A newer one that came meanwhile stays due. */
  async told({ name, record }: DueRecord, againAfterMs: number): Promise<void> {
    await this.#db.kysely
      .updateTable('ipns_names')
      .set({ republished_at: new Date(this.#now()), republish_after: this.#at(againAfterMs) })
      .where('name', '=', name)
      .where('record', '=', record)
      .execute()
  }

  /** Nobody took it, or nobody is told of it now. */
  async postpone({ name, record }: DueRecord, againAfterMs: number): Promise<void> {
    await this.#db.kysely
      .updateTable('ipns_names')
      .set({ republish_after: this.#at(againAfterMs) })
      .where('name', '=', name)
      .where('record', '=', record)
      .execute()
  }

  #at(afterMs: number): Date {
    return new Date(this.#now() + afterMs)
  }
}
