import { type Kysely, sql } from 'kysely'
import type { Tables } from './tables.ts'
import type { UnitOfWork } from './unit-of-work.ts'

/** A block of a store that cannot be read any more. `cid`: canonical. */
export type DamagedBlock = { storeId: string; realm: string; cid: string; reason: 'hash_mismatch' | 'unreadable' }
export type OpenDamage = DamagedBlock & { tries: number }

/**
 * Writes down that a block was found damaged, with its event `block.damaged`, unless that is known already.
 * @returns whether it is news
 */
export const recordDamage = async (unitOfWork: UnitOfWork, damage: DamagedBlock): Promise<boolean> => {
  const { storeId, realm, cid, reason } = damage
  const { result } = await unitOfWork.run(async ({ tx, record }) => {
    const { rows } = await sql`
      insert into damaged_blocks (store_id, realm, cid, reason) values (${storeId}, ${realm}, ${cid}, ${reason})
      on conflict (store_id, realm, cid) do update
        set reason = excluded.reason, found_at = now(), tries = 0, last_error = null, next_try_at = now(),
            healed_at = null, healed_from = null
        where damaged_blocks.healed_at is not null
      returning cid
    `.execute(tx)
    if (rows.length === 0) return false
    const payload = { storeId, realm, reason }
    record({ kind: 'block.damaged', organizationId: null, actorId: null, subject: cid, payload })
    return true
  })
  return result
}

/** The block is sound again: `from` names who had it. With its event `block.healed`. */
export const recordHealed = async (
  unitOfWork: UnitOfWork,
  { storeId, realm, cid }: Omit<DamagedBlock, 'reason'>,
  from: string,
): Promise<void> => {
  await unitOfWork.run(async ({ tx, record }) => {
    const { numUpdatedRows } = await tx
      .updateTable('damaged_blocks')
      .set({ healed_at: sql`now()`, healed_from: from, last_error: null })
      .where('store_id', '=', storeId)
      .where('realm', '=', realm)
      .where('cid', '=', cid)
      .where('healed_at', 'is', null)
      .executeTakeFirst()
    if (numUpdatedRows === 0n) return
    const payload = { storeId, realm, from }
    record({ kind: 'block.healed', organizationId: null, actorId: null, subject: cid, payload })
  })
}

/** Nobody holds the block any more, so there is nothing to heal. */
export const forgetDamage = async (
  db: Kysely<Tables>,
  { storeId, realm, cid }: Omit<DamagedBlock, 'reason'>,
): Promise<void> => {
  await db
    .deleteFrom('damaged_blocks')
    .where('store_id', '=', storeId)
    .where('realm', '=', realm)
    .where('cid', '=', cid)
    .execute()
}

/** Healing has failed: it is tried again after 1, 2, 4 … minutes, at last every 6 hours. */
export const postponeHealing = async (
  db: Kysely<Tables>,
  { storeId, realm, cid }: Omit<DamagedBlock, 'reason'>,
  problem: string,
): Promise<void> => {
  await sql`
    update damaged_blocks set tries = tries + 1, last_error = ${problem.slice(0, 1_000)},
      next_try_at = now() + least(interval '6 hours', interval '1 minute' * power(2, least(tries, 12)))
    where store_id = ${storeId} and realm = ${realm} and cid = ${cid} and healed_at is null
  `.execute(db)
}

/** Up to `limit` blocks that are damaged, those first that are to be healed next; with `due` only those that are to be healed now. */
export const openDamage = async (
  db: Kysely<Tables>,
  storeId: string,
  { limit, due }: { limit: number; due: boolean },
): Promise<OpenDamage[]> => {
  const query = db
    .selectFrom('damaged_blocks')
    .select(['realm', 'cid', 'reason', 'tries'])
    .where('store_id', '=', storeId)
    .where('healed_at', 'is', null)
    .orderBy('next_try_at')
    .limit(limit)
  const rows = await (due ? query.where('next_try_at', '<=', sql<Date>`now()`) : query).execute()
  return rows.map((row) => ({ storeId, ...row }))
}

/** How many blocks of a store are damaged now. */
export const countDamage = async (db: Kysely<Tables>, storeId: string): Promise<number> => {
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from damaged_blocks where store_id = ${storeId} and healed_at is null
  `.execute(db)
  return rows[0]?.count ?? 0
}
