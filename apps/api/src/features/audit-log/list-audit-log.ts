import { type AuditRecord, readAuditLog } from '@packages/db/audit/read-audit-log'
import type { Database } from '@packages/db/open-database'
import { HoldfastError } from '@packages/shared/holdfast-error'
import type { Actor } from '../../authorization/actor.ts'
import { authorize } from '../../authorization/authorize.ts'
import { decodeCursor, encodeCursor } from '../../values/cursor.ts'
import { presentAuditRow } from './presenter.ts'
import type { AuditFilter, AuditRow } from './schemas.ts'

export type ListAuditLogDeps = { db: Pick<Database, 'kysely'> }

/** The organization's rows, newest first. For its owners and admins. */
export const listAuditLog = async (
  { db }: ListAuditLogDeps,
  actor: Actor,
  query: AuditFilter & { limit: number; cursor?: string | undefined },
): Promise<{ rows: AuditRow[]; nextCursor: string | null }> => {
  const { organizationId } = actor
  authorize(actor, 'audit-log:read', { organizationId })
  const { limit, cursor, ...filter } = query
  const filters = { list: 'audit-log', organizationId, ...filter }
  const before = cursor === undefined ? undefined : idOf(decodeCursor(cursor, filters))
  const rows = await readAuditLog(db.kysely, { organizationId, ...filter, before, limit: limit + 1, order: 'desc' })
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  const nextCursor = rows.length > shown.length && last !== undefined ? encodeCursor(uuidOf(last), filters) : null
  return { rows: shown.map(presentAuditRow), nextCursor }
}

/** Cursors carry 128 bits; a row's id has 64. */
const uuidOf = ({ id }: AuditRecord): string => id.toString(16).padStart(32, '0')

const idOf = (uuid: string): number => {
  const id = Number(BigInt(`0x${uuid.replaceAll('-', '')}`))
  if (!Number.isSafeInteger(id)) throw new HoldfastError('invalid_cursor')
  return id
}
