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
  defaultReplication: replicationOf(row),
  createdAt: row.created_at.toISOString(),
})

/** All three are there, or none. */
const replicationOf = (row: Row<'organizations'>): Organization['defaultReplication'] =>
  row.replication_min === null || row.replication_max === null
    ? null
    : { min: row.replication_min, max: row.replication_max, zones: row.replication_zones ?? [] }
