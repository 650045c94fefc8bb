import type { AuditRecord } from '@packages/db/audit/read-audit-log'
import type { AuditRow } from './schemas.ts'

export const presentAuditRow = (row: AuditRecord): AuditRow => ({
  id: String(row.id),
  at: row.at,
  actor: row.actor,
  userId: row.userId,
  credential: row.credential,
  organizationId: row.organizationId,
  action: row.action,
  resource: { kind: row.resourceKind, id: row.resourceId },
  result: row.result,
  code: row.code,
  status: row.status,
  repeats: row.repeats,
  requestId: row.requestId,
  address: row.address,
  userAgent: row.userAgent,
  seq: row.seq,
  hash: row.hash?.toString('hex') ?? null,
})
