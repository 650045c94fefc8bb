import { type Kysely, sql } from 'kysely'
import type { FileRow, Tables } from '../tables.ts'

/** A private file as its rows have it, sealed, and the root that holds its bytes. */
export type ExportedPrivateFile = Pick<
  FileRow,
  'id' | 'cid' | 'original_name' | 'metadata' | 'visibility' | 'content_type' | 'kind'
> & {
  size: number
  contentId: string
  /** The CID of its list of ciphertexts. */
  list: string
}

const PAGE = 100

/**
 * The private files of an organization whose bytes are held. Those of one CID come one after the other, so that who takes them in again remembers the
 * names of one CID alone.
 */
export async function* exportPrivateFiles(
  db: Kysely<Tables>,
  organizationId: string,
  signal: AbortSignal,
): AsyncGenerator<ExportedPrivateFile> {
  for (let after: { hash: Buffer; id: string } | undefined; ; ) {
    signal.throwIfAborted()
    const from = after === undefined ? sql`true` : sql`(f.cid_hash, f.id) > (${after.hash}, ${after.id}::uuid)`
    const { rows } = await sql<ExportedPrivateFile & { hash: Buffer }>`
      select f.id, f.cid, f.original_name, f.metadata, f.visibility, f.content_type, f.kind, f.size,
        f.cid_hash as hash, c.id as "contentId", c.cid as list
      from files f join contents c on c.id = f.content_id
      where f.organization_id = ${organizationId} and f.visibility = 'private' and c.realm = 'private'
        and c.state = 'held' and ${from}
      order by f.cid_hash, f.id limit ${PAGE}
    `.execute(db)
    for (const { hash: _hash, ...file } of rows) yield file
    const last = rows.at(-1)
    if (last === undefined || rows.length < PAGE) return
    after = last
  }
}
