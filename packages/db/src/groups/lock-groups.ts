import type { Transaction } from 'kysely'
import type { GroupFacts } from '../pins/pin-facts.ts'
import type { Tables } from '../tables.ts'
import { policyOfGroup } from './lock-group.ts'

/** Groups that new pins go into, by id, as they stay until the end. To be called before all else is locked, as by who changes a group. Most pins go into none. */
export const lockGroups = async (
  tx: Transaction<Tables>,
  pins: readonly { groupId?: string | null }[],
): Promise<ReadonlyMap<string, GroupFacts>> => {
  const ids = [...new Set(pins.flatMap(({ groupId }) => groupId ?? []))].sort()
  if (ids.length === 0) return new Map()
  const found = await tx
    .selectFrom('groups')
    .selectAll()
    .where('id', 'in', ids)
    .where('deleted_at', 'is', null)
    .orderBy('id')
    .forShare()
    .execute()
  return new Map(
    found.map((group) => [group.id, { organizationId: group.organization_id, replication: policyOfGroup(group) }]),
  )
}
