import type { Row, Tables } from '@packages/db/tables'
import { type Kysely, sql } from 'kysely'
import type { Hash } from '../../values/hash-param.ts'

export type KeptImportRow = Omit<Row<'incomplete_imports'>, 'organization_id' | 'user_id'> &
  Pick<Row<'contents'>, 'dag_size' | 'blocks'> & { list: string }

const keptImports = (kysely: Kysely<Tables>, organizationId: string) =>
  kysely
    .selectFrom('incomplete_imports')
    .innerJoin('contents', 'contents.id', 'incomplete_imports.id')
    .select([
      'incomplete_imports.id',
      'incomplete_imports.name',
      'incomplete_imports.roots',
      'incomplete_imports.missing_count',
      'incomplete_imports.missing',
      'incomplete_imports.created_at',
      'contents.dag_size',
      'contents.blocks',
      'contents.cid as list',
    ])
    .where('incomplete_imports.organization_id', '=', organizationId)

export const findKeptImport = (
  kysely: Kysely<Tables>,
  organizationId: string,
  id: string,
): Promise<KeptImportRow | undefined> =>
  keptImports(kysely, organizationId).where('incomplete_imports.id', '=', id).executeTakeFirst()

/** The newest first: at most `limit`, those before the row `before`. */
export const listKeptImportRows = (
  kysely: Kysely<Tables>,
  { organizationId, limit, before }: { organizationId: string; limit: number; before?: string },
): Promise<KeptImportRow[]> => {
  const query = keptImports(kysely, organizationId).orderBy('incomplete_imports.id', 'desc').limit(limit)
  return (before === undefined ? query : query.where('incomplete_imports.id', '<', before)).execute()
}

/** A private root that the organization holds, by one of its files. */
export const findPrivateRoot = async (
  kysely: Kysely<Tables>,
  organizationId: string,
  by: { id: string } | { cidHash: Buffer },
): Promise<(PrivateFileRow & { contentId: string; list: string }) | undefined> => {
  const query = kysely
    .selectFrom('files')
    .innerJoin('contents', 'contents.id', 'files.content_id')
    .select([
      'files.id',
      'files.cid',
      'files.original_name',
      'files.metadata',
      'files.visibility',
      'contents.id as contentId',
      'contents.cid as list',
    ])
    .where('files.organization_id', '=', organizationId)
    .where('contents.realm', '=', 'private')
    .where('contents.state', '=', 'held')
    .orderBy('files.id', 'desc')
    .limit(1)
  return 'id' in by
    ? query.where('files.id', '=', by.id).executeTakeFirst()
    : query.where('files.cid_hash', '=', by.cidHash).executeTakeFirst()
}

type PrivateFileRow = Pick<Row<'files'>, 'id' | 'cid' | 'original_name' | 'metadata' | 'visibility'>

/** A public root that the organization holds: by one of its files, or by any pin on it. `name` of the file, or of the pin. */
export const findHeldRoot = async (
  kysely: Kysely<Tables>,
  organizationId: string,
  hash: Hash,
): Promise<{ cid: string; name: string | null } | undefined> => {
  const query = kysely
    .selectFrom('pins')
    .innerJoin('contents', 'contents.id', 'pins.content_id')
    .leftJoin('files', 'files.pin_id', 'pins.id')
    .select(['contents.cid', sql<string | null>`coalesce(files.original_name, pins.name)`.as('name')])
    .where('pins.organization_id', '=', organizationId)
    .where('contents.realm', '=', 'public')
    .where('contents.state', '=', 'held')
    .orderBy('pins.id', 'desc')
    .limit(1)
  return hash.kind === 'id'
    ? query.where('files.id', '=', hash.id).executeTakeFirst()
    : query.where('contents.cid', '=', hash.canonical).executeTakeFirst()
}
