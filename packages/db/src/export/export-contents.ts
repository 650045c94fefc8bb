import { type Kysely, sql } from 'kysely'
import type { Tables } from '../tables.ts'

export type ExportedPin = { cid: string; name: string | null; meta: Record<string, unknown>; created_at: string }
export type ExportedFile = {
  original_name: string
  content_type: string
  size: number
  metadata: Record<string, unknown>
  kind: 'file' | 'directory' | 'dag'
}
/** One content that an organization has pinned, with what it calls it. */
export type ExportedContent = {
  id: string
  realm: string
  cid: string
  held: boolean
  pins: { pin: ExportedPin; file: ExportedFile | null }[]
}

const PAGE = 100

/** The public contents that an organization has pinned, in the order in which they were first pinned. */
export async function* exportContents(
  db: Kysely<Tables>,
  organizationId: string,
  signal: AbortSignal,
): AsyncGenerator<ExportedContent> {
  for (let after = { at: '-infinity', id: '00000000-0000-0000-0000-000000000000' }; ; ) {
    signal.throwIfAborted()
    const { rows } = await sql<ExportedContent & { at: string }>`
      with first as (
        select content_id, min(pins.created_at) as at from pins join contents on contents.id = content_id
        where organization_id = ${organizationId} and realm = 'public' group by content_id
      ), page as (
        select content_id, at from first
        where (at, content_id) > (${after.at}::timestamptz, ${after.id}::uuid) order by at, content_id limit ${PAGE}
      )
      select c.id, c.realm, c.cid, c.state = 'held' as held, page.at::text as at, (
        select jsonb_agg(jsonb_build_object(
          'pin', jsonb_build_object('cid', p.cid, 'name', p.name, 'meta', p.meta, 'created_at', p.created_at),
          'file', case when f.id is not null then jsonb_build_object('original_name', f.original_name,
            'content_type', f.content_type, 'size', f.size, 'metadata', f.metadata, 'kind', f.kind) end)
          order by p.created_at, f.id)
        from pins p left join files f on f.pin_id = p.id
        where p.content_id = c.id and p.organization_id = ${organizationId}) as pins
      from page join contents c on c.id = page.content_id
      order by page.at, page.content_id
    `.execute(db)
    for (const { at: _at, ...content } of rows) if (content.pins !== null) yield content
    const last = rows.at(-1)
    if (last === undefined || rows.length < PAGE) return
    after = { at: last.at, id: last.id }
  }
}
