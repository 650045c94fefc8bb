import { tooManyCopies } from '@packages/db/plan-refusals'
import type { NewRow, Tables } from '@packages/db/tables'
import { isBeyond, type Replication } from '@packages/shared/replication'
import type { Transaction } from 'kysely'

type Columns = Pick<NewRow<'organizations'>, 'replication_min' | 'replication_max' | 'replication_zones'>

/** The default of an organization's pins, as its row has it; null: none of its own. @throws HoldfastError `quota_exceeded` */
export const replicationColumns = async (
  tx: Transaction<Tables>,
  organizationId: string,
  replication: Replication | null,
): Promise<Columns> => {
  if (replication === null) return { replication_min: null, replication_max: null, replication_zones: null }
  const limits = await tx
    .selectFrom('organization_limits')
    .select('replication_max')
    .where('organization_id', '=', organizationId)
    .executeTakeFirst()
  const limit = limits?.replication_max ?? null
  if (limit !== null && isBeyond(limit, replication)) throw tooManyCopies(limit)
  const { min, max, zones } = replication
  return { replication_min: min, replication_max: max, replication_zones: [...new Set(zones)].sort() }
}
