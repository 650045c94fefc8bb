import type { Database } from '@packages/db/open-database'
import { HoldfastError } from '@packages/shared/holdfast-error'
import { z } from 'zod'
import type { Actor } from '../../authorization/actor.ts'
import { authorize } from '../../authorization/authorize.ts'
import { monthOf } from '../../plugins/metering/month-repository.ts'
import type { UsageMeter } from '../../plugins/metering/usage-meter.ts'

export type ReadUsageDeps = { db: Pick<Database, 'kysely'>; meter: Pick<UsageMeter, 'pending'> }

const limit = z.int().nullable().describe('Null means no limit.')
const counted = z.object({ used: z.int(), limit })

export const usageSchema = z
  .object({
    organizationId: z.string(),
    plan: z.string(),
    storage: counted.describe('Bytes of distinct content.'),
    files: counted,
    requests: counted.describe("The month's."),
    bandwidth: counted.describe('Bytes that the API has sent this month.'),
    month: z.object({ begins: z.string(), ends: z.string() }).describe('RFC 3339, UTC.'),
    maxFileBytes: limit,
    replicationMax: limit,
  })
  .meta({ id: 'Usage' })

/** What the caller's organization uses, and may use. Exact in storage and files; others lag seconds behind. */
export const readUsage = async (deps: ReadUsageDeps, actor: Actor | null): Promise<z.infer<typeof usageSchema>> => {
  authorize(actor, 'usage:read', {})
  const { organizationId } = actor
  const { first, begins, ends } = monthOf(Date.now())
  const row = await deps.db.kysely
    .selectFrom('organization_limits as l')
    .leftJoin('usage as u', 'u.organization_id', 'l.organization_id')
    .leftJoin('usage_months as m', (join) =>
      join.onRef('m.organization_id', '=', 'l.organization_id').on('m.month', '=', first),
    )
    .where('l.organization_id', '=', organizationId)
    .selectAll('l')
    .select(['u.stored_bytes', 'u.files as used_files', 'm.requests', 'm.bandwidth_bytes'])
    .executeTakeFirst()
  if (row === undefined) throw new HoldfastError('not_found')
  const pending = deps.meter.pending(organizationId)
  return {
    organizationId,
    plan: row.plan,
    storage: { used: row.stored_bytes ?? 0, limit: row.storage_bytes },
    files: { used: row.used_files ?? 0, limit: row.files },
    requests: { used: (row.requests ?? 0) + pending.requests, limit: row.requests_per_month },
    bandwidth: { used: (row.bandwidth_bytes ?? 0) + pending.bytes, limit: row.bandwidth_bytes_per_month },
    month: { begins: new Date(begins).toISOString(), ends: new Date(ends).toISOString() },
    maxFileBytes: row.max_file_bytes,
    replicationMax: row.replication_max,
  }
}
