import { policyOfGroup } from '@packages/db/groups/lock-group'
import type { Row } from '@packages/db/tables'
import type { z } from 'zod'
import type { groupSchema } from './schemas.ts'

export type PresentedGroup = z.infer<typeof groupSchema>

export const presentGroup = (row: Row<'groups'>): PresentedGroup => {
  const policy = policyOfGroup(row)
  return {
    id: row.id,
    name: row.name,
    replication: policy === null ? null : { ...policy, zones: [...policy.zones] },
    settled: row.settle_after === null,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  }
}
