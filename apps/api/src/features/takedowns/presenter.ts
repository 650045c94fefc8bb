import type { Row } from '@packages/db/tables'
import { takedownStatusOf } from '@packages/shared/takedown'
import type { z } from 'zod'
import type { takedownSchema } from './schemas.ts'

export type PresentedTakedown = z.infer<typeof takedownSchema>

export const presentTakedown = (row: Row<'takedowns'>): PresentedTakedown => ({
  id: row.id,
  cid: row.cid,
  caseNumber: row.case_number,
  reason: row.reason,
  status: takedownStatusOf(row.status),
  createdAt: row.created_at.toISOString(),
  liftedAt: row.lifted_at?.toISOString() ?? null,
})
