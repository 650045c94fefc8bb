import { exportAuditLog as readAll } from '@packages/db/audit/read-audit-log'
import type { Database } from '@packages/db/open-database'
import type { Actor } from '../../authorization/actor.ts'
import { authorize } from '../../authorization/authorize.ts'
import { presentAuditRow } from './presenter.ts'
import type { AuditFilter } from './schemas.ts'

export type ExportAuditLogDeps = { db: Pick<Database, 'kysely'> }

/** The organization's rows as JSON lines, oldest first, read as they are sent. For its owners and admins. */
export const exportAuditLog = (
  { db }: ExportAuditLogDeps,
  actor: Actor,
  filter: AuditFilter,
  signal: AbortSignal,
): AsyncGenerator<string> => {
  const { organizationId } = actor
  authorize(actor, 'audit-log:read', { organizationId })
  return jsonLines(readAll(db.kysely, { organizationId, ...filter }, signal))
}

async function* jsonLines(pages: ReturnType<typeof readAll>): AsyncGenerator<string> {
  for await (const page of pages) yield page.map((row) => `${JSON.stringify(presentAuditRow(row))}\n`).join('')
}
