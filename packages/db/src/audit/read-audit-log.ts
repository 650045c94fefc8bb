import type { AuditCredential } from '@packages/runtime/audit-trail'
import type { Kysely } from 'kysely'
import { microseconds } from '../microseconds.ts'
import type { Tables } from '../tables.ts'
import { openClient } from './client-seal.ts'

/** A row for people: with whose pseudonym it is and where it came from, as long as that is known. */
export type AuditRecord = {
  id: number
  /** RFC 3339 with microseconds. */
  at: string
  actor: string | null
  userId: string | null
  credential: AuditCredential
  organizationId: string | null
  action: string
  resourceKind: string
  resourceId: string | null
  result: 'allowed' | 'refused'
  code: string | null
  status: number | null
  repeats: number
  requestId: string | null
  address: string | null
  userAgent: string | null
  seq: number | null
  hash: Buffer | null
}

export type AuditQuery = {
  /** Undefined: of all organizations and of none. */
  organizationId?: string | undefined
  from?: string | undefined
  to?: string | undefined
  action?: string | undefined
  /** A pseudonym, or a user's id. */
  actor?: string | undefined
}

const PAGE = 1_000

/** One page of rows, by their ids. */
export const readAuditLog = async (
  db: Kysely<Tables>,
  query: AuditQuery & { limit: number; order: 'asc' | 'desc'; before?: number | undefined; after?: number | undefined },
): Promise<AuditRecord[]> => {
  const { organizationId, from, to, action, actor, before, after, limit, order } = query
  const rows = await db
    .selectFrom('audit_log as l')
    .leftJoin('audit_actors as a', 'a.pseudonym', 'l.actor')
    .$if(organizationId !== undefined, (q) => q.where('l.organization_id', '=', organizationId ?? ''))
    .$if(from !== undefined, (q) => q.where('l.created_at', '>=', new Date(from ?? '')))
    .$if(to !== undefined, (q) => q.where('l.created_at', '<', new Date(to ?? '')))
    .$if(action !== undefined, (q) => q.where('l.action', '=', action ?? ''))
    .$if(actor !== undefined, (q) =>
      q.where((where) => where.or([where('l.actor', '=', actor ?? ''), where('a.user_id', '=', actor ?? '')])),
    )
    .$if(before !== undefined, (q) => q.where('l.id', '<', before ?? 0))
    .$if(after !== undefined, (q) => q.where('l.id', '>', after ?? 0))
    .selectAll('l')
    .select(['a.user_id', 'a.client_key', microseconds('l.created_at').as('at')])
    .orderBy('l.id', order)
    .limit(limit)
    .execute()
  return rows.map((row) => ({
    id: row.id,
    at: row.at,
    actor: row.actor,
    userId: row.user_id,
    credential: row.credential,
    organizationId: row.organization_id,
    action: row.action,
    resourceKind: row.resource_kind,
    resourceId: row.resource_id,
    result: row.result,
    code: row.code,
    status: row.status,
    repeats: row.repeats,
    requestId: row.request_id,
    ...openClient(row, row.client_key),
    seq: row.seq,
    hash: row.hash,
  }))
}

/** All rows page by page, oldest first: memory does not grow with the log. */
export async function* exportAuditLog(
  db: Kysely<Tables>,
  query: AuditQuery,
  signal: AbortSignal,
): AsyncGenerator<AuditRecord[]> {
  for (let after = 0; ; ) {
    signal.throwIfAborted()
    const page = await readAuditLog(db, { ...query, after, limit: PAGE, order: 'asc' })
    const last = page.at(-1)
    if (last === undefined) return
    yield page
    after = last.id
  }
}
