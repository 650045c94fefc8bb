import type { Replication } from '@packages/shared/replication'
import { HoldfastError } from '@packages/shared/holdfast-error'
import type { Transaction } from 'kysely'
import type { Row, Tables } from '../tables.ts'

/**
 * Locks a group that is there, before contents and pins are. `share`: it stays as it is, and its pins may come and go; `update`: to change it.
 * @throws HoldfastError `not_found`
 */
export const lockGroup = async (
  tx: Transaction<Tables>,
  { organizationId, id, lock }: { organizationId: string; id: string; lock: 'share' | 'update' },
): Promise<Row<'groups'>> => {
  const row = await tx
    .selectFrom('groups')
    .selectAll()
    .where('id', '=', id)
    .where('organization_id', '=', organizationId)
    .where('deleted_at', 'is', null)
    .$call((query) => (lock === 'share' ? query.forShare() : query.forUpdate()))
    .executeTakeFirst()
  if (row === undefined) throw new HoldfastError('not_found', { detail: 'There is no such group.' })
  return row
}

type PolicyColumns = Pick<Row<'groups'>, 'replication_min' | 'replication_max' | 'replication_zones'>

/** Null: the group says nothing, and what holds is the organization's. */
export const policyOfGroup = ({
  replication_min: min,
  replication_max: max,
  replication_zones: zones,
}: PolicyColumns): Replication | null => (min === null || max === null ? null : { min, max, zones: zones ?? [] })
