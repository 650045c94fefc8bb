import type { Database } from '@packages/db/open-database'
import { HoldfastError } from '@packages/shared/holdfast-error'
import { type Actor, type HeldRole, heldRoleOf } from '../../authorization/actor.ts'
import { authorize } from '../../authorization/authorize.ts'
import { presentOrganization } from './presenter.ts'
import type { Organization } from './schemas.ts'

export type ReadOrganizationsDeps = { db: Pick<Database, 'kysely'> }

/** The caller's organizations, the oldest membership first; an API key sees its own only. At most 1,000. */
export const listOrganizations = async (
  deps: ReadOrganizationsDeps,
  actor: Actor,
): Promise<{ organizations: (Organization & { role: HeldRole })[] }> => {
  authorize(actor, 'account:read')
  const rows = await deps.db.kysely
    .selectFrom('members as m')
    .innerJoin('organizations as o', 'o.id', 'm.organization_id')
    .where('m.user_id', '=', actor.userId)
    .$if(actor.kind === 'api-key', (query) => query.where('o.id', '=', actor.organizationId))
    .selectAll('o')
    .select('m.role')
    .orderBy('m.created_at')
    .orderBy('m.id')
    .limit(1_000)
    .execute()
  return { organizations: rows.map((row) => ({ ...presentOrganization(row), role: heldRoleOf(row.role) })) }
}

export const getOrganization = async (
  deps: ReadOrganizationsDeps,
  actor: Actor,
  organizationId: string,
): Promise<Organization> => {
  authorize(actor, 'organization:read', { organizationId })
  const row = await deps.db.kysely
    .selectFrom('organizations')
    .where('id', '=', organizationId)
    .selectAll()
    .executeTakeFirst()
  if (row === undefined) throw new HoldfastError('not_found')
  return presentOrganization(row)
}
