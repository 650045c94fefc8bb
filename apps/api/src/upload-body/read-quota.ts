import type { Tables } from '@packages/db/tables'
import type { Kysely } from 'kysely'

/** What the organization holds and may hold, in bytes of distinct roots; `limit` null means no limit. */
export const readQuota = async (
  kysely: Kysely<Tables>,
  organizationId: string,
): Promise<{ stored: number; limit: number | null }> => {
  const row = await kysely
    .selectFrom('organizations')
    .leftJoin('usage', 'usage.organization_id', 'organizations.id')
    .select(['organizations.storage_limit', 'usage.stored_bytes'])
    .where('organizations.id', '=', organizationId)
    .executeTakeFirst()
  return { stored: row?.stored_bytes ?? 0, limit: row?.storage_limit ?? null }
}
