import type { Row } from '@packages/db/tables'
import type { Organization } from './schemas.ts'

export const presentOrganization = (row: Row<'organizations'>): Organization => ({
  id: row.id,
  name: row.name,
  slug: row.slug,
  plan: row.plan,
  state: row.state,
  stateReason: row.state_reason,
  defaultVisibility: row.default_visibility,
  createdAt: row.created_at.toISOString(),
})
