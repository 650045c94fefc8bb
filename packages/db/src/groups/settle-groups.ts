import { sql } from 'kysely'
import type { Database } from '../open-database.ts'
import { lockContentsOf } from '../pins/lock-contents-of.ts'
import { settlePolicies, tellPolicies } from '../pins/settle-policies.ts'
import type { UnitOfWorkContext } from '../unit-of-work.ts'

type Deps = { db: Pick<Database, 'kysely' | 'unitOfWork'> }

/** Pins of one transaction: as long as that, whoever wants one of their contents waits. */
const SLICE = 500
/** In one turn each goes on for a slice, so that a large one does not hold small ones up. */
const GROUPS = 50
/** With so many it is the database that fails, and not what is in them. */
const MAX_FAILED = 500

/**
 * Settles all that there is to settle. A group that fails holds up no other: it is passed over, and tried again by the next call.
 * @throws the first failure, when all others are done
 */
export const settleAllGroups = async (deps: Deps, signal: AbortSignal, slice = SLICE): Promise<void> => {
  const failed = new Map<string, unknown>()
  while (!signal.aborted && failed.size < MAX_FAILED && (await settleGroups(deps, slice, failed)) > 0);
  const [first] = failed.values()
  if (failed.size > 0) throw new Error(`${failed.size} groups could not be settled`, { cause: first })
}

/**
 * Gives the pins of groups that have changed what holds for them now, and lets the pins and files of deleted groups loose, a slice of each. How far it has come stands in
 * the group's row, in the transaction of the slice: who is killed goes on there.
 * @param failed those that are passed over; whose slice fails is added with its error. Without it, the first failure is thrown.
 * @returns how many groups may not be done
 */
export const settleGroups = async ({ db }: Deps, slice = SLICE, failed?: Map<string, unknown>): Promise<number> => {
  const { rows } = await sql<{ id: string }>`
    select id from groups where settle_after is not null and not id = any(${[...(failed?.keys() ?? [])]}::uuid[])
    order by updated_at limit ${GROUPS}
  `.execute(db.kysely)
  let open = 0
  for (const { id } of rows)
    try {
      const { result } = await db.unitOfWork.run((uow) => settleSlice(uow, id, slice))
      if (!result) open++
    } catch (error) {
      if (failed === undefined) throw error
      failed.set(id, error)
      // Others may stand behind those of this turn.
      open++
    }
  return open
}

type Open = { organization_id: string; settle_after: string; is_deleted: boolean }

/** Whether nothing is left to do. */
const settleSlice = async (uow: UnitOfWorkContext, id: string, slice: number): Promise<boolean> => {
  const { tx } = uow
  // Whoever puts something into it holds it as well: what is here is all that there is.
  const { rows } = await sql<Open>`
    select organization_id, settle_after, deleted_at is not null as is_deleted from groups
    where id = ${id} and settle_after is not null for update
  `.execute(tx)
  const [group] = rows
  if (group === undefined) return true
  const { organization_id: organizationId, is_deleted: isDeleted } = group
  const { rows: page } = await sql<{ id: string }>`
    select id from pins where group_id = ${id} and id > ${group.settle_after} order by id limit ${slice}
  `.execute(tx)
  const pinIds = page.map((pin) => pin.id)
  const contentIds = await lockContentsOf(tx, organizationId, pinIds)
  if (isDeleted) await letLoose(uow, id, pinIds)
  const settled = await settlePolicies(uow, { organizationId, pinIds, contentIds })
  tellPolicies(
    uow,
    { organizationId, actorId: null },
    settled.filter(({ isChanged }) => isChanged),
  )
  const last = pinIds.length === slice ? pinIds.at(-1) : undefined
  if (last === undefined && isDeleted) await sql`delete from groups where id = ${id}`.execute(tx)
  else await sql`update groups set settle_after = ${last ?? null} where id = ${id}`.execute(tx)
  return last === undefined
}

/** Those that are still in it: who moves one elsewhere does not hold this group. */
const letLoose = async ({ tx }: UnitOfWorkContext, groupId: string, pinIds: readonly string[]): Promise<void> => {
  await sql`
    with loose as (
      update pins set group_id = null where id = any(${[...pinIds]}::uuid[]) and group_id = ${groupId} returning id
    )
    update files set group_id = null where pin_id in (select id from loose)
  `.execute(tx)
}
