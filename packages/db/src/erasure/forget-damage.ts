import { type Kysely, sql } from 'kysely'
import type { Tables } from '../tables.ts'

const BATCH = 1_000

/** Forgets that blocks were damaged which the store does not hold any more: the CID of a block tells what somebody kept. */
export const forgetDamageOfGone = async (
  db: Kysely<Tables>,
  store: { id: string; isHeld: (realm: string, cid: string) => boolean },
): Promise<void> => {
  for (let after = { realm: '', cid: '' }; ; ) {
    const { rows } = await sql<{ realm: string; cid: string }>`
      select realm, cid from damaged_blocks
      where store_id = ${store.id} and (realm, cid) > (${after.realm}, ${after.cid}) order by realm, cid limit ${BATCH}
    `.execute(db)
    const last = rows.at(-1)
    if (last === undefined) return
    after = last
    const gone = rows.filter(({ realm, cid }) => !store.isHeld(realm, cid))
    await db.transaction().execute(async (tx) => {
      for (const { realm, cid } of gone) {
        await sql`delete from damaged_blocks where store_id = ${store.id} and realm = ${realm} and cid = ${cid}`.execute(
          tx,
        )
        await sql`delete from events where kind like 'block.%' and payload ->> 'cid' = ${cid}`.execute(tx)
      }
    })
  }
}
