import { type Kysely, type RawBuilder, sql } from 'kysely'
import type { Tables } from '../tables.ts'
import type { AuditActors } from './audit-actors.ts'
import type { AuditEntry } from './audit-entry.ts'
import { sealClient } from './client-seal.ts'

/** The rows of entries as JSON, with pseudonyms for users. */
export const auditRows = async (
  db: Kysely<Tables>,
  actors: AuditActors,
  entries: readonly AuditEntry[],
): Promise<object[]> => {
  if (entries.length === 0) return []
  const users = new Set(entries.flatMap(({ userId }) => (userId === null ? [] : [userId])))
  const known = await actors.find(db, users)
  return entries.map((entry) => {
    const actor = entry.userId === null ? undefined : known.get(entry.userId)
    return {
      actor: actor?.pseudonym ?? null,
      credential: entry.credential,
      organization_id: entry.organizationId,
      action: entry.action,
      resource_kind: entry.resourceKind,
      resource_id: entry.resourceId,
      result: entry.result,
      code: entry.code,
      status: entry.status,
      repeats: entry.repeats,
      request_id: entry.requestId,
      client: sealClient(entry, actor?.clientKey)?.toString('hex') ?? null,
    }
  })
}

/** Inserts such rows: always the same text, as prepared statements need it. */
export const insertAuditRows = (rows: readonly object[]): RawBuilder<unknown> => sql`
  insert into audit_log (actor, credential, organization_id, action, resource_kind, resource_id, result, code, status,
    repeats, request_id, client)
  select actor, credential, organization_id, action, resource_kind, resource_id, result, code, status, repeats,
    request_id, decode(client, 'hex')
  from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
    as x (actor uuid, credential text, organization_id uuid, action text, resource_kind text, resource_id text,
      result text, code text, status int, repeats int, request_id text, client text)`
