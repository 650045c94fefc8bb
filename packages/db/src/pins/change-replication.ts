import { isBeyond, type ReplicationWish, resolveReplication } from '@packages/shared/replication'
import { HoldfastError } from '@packages/shared/holdfast-error'
import { sql } from 'kysely'
import { recordset } from '../ingest/recordset.ts'
import { tooManyCopies } from '../plan-refusals.ts'
import { RetryTransaction } from '../postgres-errors.ts'
import type { UnitOfWorkContext } from '../unit-of-work.ts'
import { refreshPins } from './refresh-pins.ts'
import { refreshWishes } from './refresh-wishes.ts'
import { REPLICATION_LIMITS, type ReplicationLimits, replicationOf } from './replication-facts.ts'

/**
 * Gives pins of an organization another policy; what the wish leaves out follows from the default, as if they were made now. A pin that was pinned and has
 * fewer confirmed copies than its new minimum is `degraded` until they are made. Locks contents by id.
 * @returns how many pins there are of these ids
 * @throws HoldfastError `quota_exceeded`
 */
export const changeReplication = async (
  uow: UnitOfWorkContext,
  options: { organizationId: string; actorId: string | null; pinIds: readonly string[]; wish: ReplicationWish },
): Promise<number> => {
  const { tx, record } = uow
  const { organizationId, actorId, wish } = options
  const pinIds = [...options.pinIds]
  const { rows: limits } = await sql<ReplicationLimits>`
    select ${REPLICATION_LIMITS} from organization_limits l where l.organization_id = ${organizationId}
  `.execute(tx)
  const [limit] = limits
  if (limit === undefined) throw new HoldfastError('not_found')
  const { replication: byDefault, copiesLimit } = replicationOf(limit)
  if (copiesLimit !== null && isBeyond(copiesLimit, wish)) throw tooManyCopies(copiesLimit)
  const { min, max, zones } = resolveReplication(wish, byDefault, copiesLimit)
  const { rows: contents } = await sql<{ id: string }>`
    select c.id from contents c
    where c.id in (select content_id from pins where id = any(${pinIds}::uuid[]) and organization_id = ${organizationId})
    order by c.id for update
  `.execute(tx)
  const contentIds = contents.map(({ id }) => id)
  // While the lock was waited for, what a pin wanted may have come: its pins stand on another row now.
  const { rows: moved } = await sql`
    select from pins where id = any(${pinIds}::uuid[]) and organization_id = ${organizationId}
      and content_id <> all(${contentIds}::uuid[]) limit 1
  `.execute(tx)
  if (moved.length > 0) throw new RetryTransaction('the content of a pin has come')
  const { rows: changed } = await sql<{ id: string }>`
    update pins p set replication_min = x.min, replication_max = x.max, zones = x.zones
    from ${recordset([{ min, max, zones }], 'min int, max int, zones text[]')}
    where p.id = any(${pinIds}::uuid[]) and p.organization_id = ${organizationId} and not p.is_private
    returning p.id
  `.execute(tx)
  await refreshWishes(tx, contentIds)
  await refreshPins(uow, contentIds, { reason: 'Another number of copies is wished for.' })
  for (const { id: subject } of changed)
    record({
      kind: 'pin.replication-changed',
      organizationId,
      actorId,
      subject,
      payload: { min, max, zones: [...zones] },
    })
  return changed.length
}
