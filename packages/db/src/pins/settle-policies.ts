import {
  isSameReplication,
  type Replication,
  type ReplicationWish,
  resolveReplication,
} from '@packages/shared/replication'
import { HoldfastError } from '@packages/shared/holdfast-error'
import { sql, type Transaction } from 'kysely'
import { policyOfGroup } from '../groups/lock-group.ts'
import { recordset } from '../ingest/recordset.ts'
import type { Row, Tables } from '../tables.ts'
import type { UnitOfWorkContext } from '../unit-of-work.ts'
import { refreshPins } from './refresh-pins.ts'
import { refreshWishes } from './refresh-wishes.ts'
import { REPLICATION_LIMITS, type ReplicationLimits, replicationOf } from './replication-facts.ts'

export type SettledPin = { id: string; policy: Replication; isChanged: boolean }

type Facts = Pick<Row<'groups'>, 'replication_min' | 'replication_max' | 'replication_zones'> & {
  id: string
  wish: ReplicationWish | null
  min: number
  max: number
  zones: string[]
}

/**
 * Writes into pins of an organization what holds for each now: what it asks for itself, else what its group says, else the organization's default. Private pins
 * keep what they have. A pin that was pinned and has fewer confirmed copies than its new minimum is `degraded` until they are made.
 * @param contentIds of these pins, which the caller has locked (`lockContentsOf`): what is read here is so until the end
 */
export const settlePolicies = async (
  uow: UnitOfWorkContext,
  { organizationId, pinIds, contentIds }: { organizationId: string; pinIds: readonly string[]; contentIds: string[] },
): Promise<SettledPin[]> => {
  const { tx } = uow
  const { replication: byDefault, copiesLimit } = await readReplicationLimits(tx, organizationId)
  const { rows } = await sql<Facts>`
    select p.id, p.replication_wish as wish, p.replication_min as min, p.replication_max as max, p.zones,
      g.replication_min, g.replication_max, g.replication_zones
    from pins p left join groups g on g.id = p.group_id and g.deleted_at is null
    where p.id = any(${[...pinIds]}::uuid[]) and p.organization_id = ${organizationId} and not p.is_private
    order by p.id
  `.execute(tx)
  const settled = rows.map(({ id, wish, min, max, zones, ...group }): SettledPin => {
    const policy = resolveReplication(wish ?? {}, policyOfGroup(group) ?? byDefault, copiesLimit)
    return { id, policy, isChanged: !isSameReplication(policy, { min, max, zones }) }
  })
  const changed = settled.filter(({ isChanged }) => isChanged)
  if (changed.length === 0) return settled
  await sql`
    update pins p set replication_min = x.min, replication_max = x.max, zones = x.zones
    from ${recordset(
      changed.map(({ id, policy }) => ({ id, ...policy })),
      'id uuid, min int, max int, zones text[]',
    )} where p.id = x.id
  `.execute(tx)
  await refreshWishes(tx, contentIds)
  await refreshPins(uow, contentIds, { reason: 'Another number of copies is wished for.' })
  return settled
}

/** @throws HoldfastError `not_found` for an organization that is gone */
export const readReplicationLimits = async (
  tx: Transaction<Tables>,
  organizationId: string,
): Promise<ReturnType<typeof replicationOf>> => {
  const { rows } = await sql<ReplicationLimits>`
    select ${REPLICATION_LIMITS} from organization_limits l where l.organization_id = ${organizationId}
  `.execute(tx)
  const [limit] = rows
  if (limit === undefined) throw new HoldfastError('not_found')
  return replicationOf(limit)
}

/** Tells of each pin which policy it has now. */
export const tellPolicies = (
  { record }: Pick<UnitOfWorkContext, 'record'>,
  { organizationId, actorId }: { organizationId: string; actorId: string | null },
  pins: readonly SettledPin[],
): void => {
  for (const { id: subject, policy } of pins)
    record({
      kind: 'pin.replication-changed',
      organizationId,
      actorId,
      subject,
      payload: { ...policy, zones: [...policy.zones] },
    })
}
