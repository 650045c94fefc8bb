import { isBeyond, type ReplicationWish } from '@packages/shared/replication'
import { sql } from 'kysely'
import { tooManyCopies } from '../plan-refusals.ts'
import type { UnitOfWorkContext } from '../unit-of-work.ts'
import { keptWish } from './kept-wish.ts'
import { lockContentsOf } from './lock-contents-of.ts'
import { readReplicationLimits, settlePolicies, tellPolicies } from './settle-policies.ts'

/**
 * Gives pins of an organization another wish of their own; what it leaves out follows from their groups or the default, as if they were made now. Locks contents by
 * id.
 * @returns how many pins there are of these ids
 * @throws HoldfastError `quota_exceeded`
 */
export const changeReplication = async (
  uow: UnitOfWorkContext,
  options: { organizationId: string; actorId: string | null; pinIds: readonly string[]; wish: ReplicationWish },
): Promise<number> => {
  const { tx } = uow
  const { organizationId, wish, pinIds } = options
  const { copiesLimit } = await readReplicationLimits(tx, organizationId)
  if (copiesLimit !== null && isBeyond(copiesLimit, wish)) throw tooManyCopies(copiesLimit)
  const kept = keptWish(wish)
  const contentIds = await lockContentsOf(tx, organizationId, pinIds)
  await sql`
    update pins set replication_wish = ${kept === undefined ? null : JSON.stringify(kept)}::jsonb
    where id = any(${[...pinIds]}::uuid[]) and organization_id = ${organizationId} and not is_private
  `.execute(tx)
  const settled = await settlePolicies(uow, { organizationId, pinIds, contentIds })
  tellPolicies(uow, options, settled)
  return settled.length
}
