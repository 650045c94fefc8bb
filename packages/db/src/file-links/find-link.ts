import { type Kysely, sql } from 'kysely'
import type { Tables } from '../tables.ts'
import { isTokenOf, linkIdOf } from './link-token.ts'

/** A link as it is now, and the content that it names. */
export type FoundLink = {
  id: string
  organizationId: string
  passwordHash: string | null
  /** Revoked, or past its time. */
  isOver: boolean
  /** No download is left; the rest of the last one may still be fetched. */
  isExhausted: boolean
  content: LinkedContent
}

export type LinkedContent = {
  id: string
  fileId: string
  realm: string
  /** Of private content: its list of ciphertexts. */
  cid: string
  /** Of a private file: sealed. */
  name: string
}

/** The link that this token opens; of a suspended organization none does. */
export const findLink = async (db: Kysely<Tables>, token: string): Promise<FoundLink | undefined> => {
  const id = linkIdOf(token)
  if (id === undefined) return undefined
  const row = await db
    .selectFrom('file_links as l')
    .innerJoin('files as f', (join) =>
      join.onRef('f.id', '=', 'l.file_id').onRef('f.organization_id', '=', 'l.organization_id'),
    )
    .innerJoin('contents as c', 'c.id', 'f.content_id')
    .innerJoin('organizations as o', 'o.id', 'l.organization_id')
    .where('l.id', '=', id)
    .where('o.state', '<>', 'suspended')
    .where('c.state', '=', 'held')
    .select([
      'l.organization_id',
      'l.token_hash',
      'l.password_hash',
      'f.original_name',
      'f.id as file_id',
      'c.id',
      'c.realm',
      'c.cid',
    ])
    .select(sql<boolean>`l.revoked_at is not null or l.expires_at <= now()`.as('is_over'))
    .select(sql<boolean>`coalesce(l.downloads >= l.max_downloads, false)`.as('is_exhausted'))
    .executeTakeFirst()
  if (row === undefined) return undefined
  const organizationId = row.organization_id
  if (!isTokenOf(token, row.token_hash, { id, organizationId, contentId: row.id })) return undefined
  return {
    id,
    organizationId,
    passwordHash: row.password_hash,
    isOver: row.is_over,
    isExhausted: row.is_exhausted,
    content: { id: row.id, fileId: row.file_id, realm: row.realm, cid: row.cid, name: row.original_name },
  }
}
