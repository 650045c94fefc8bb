import type { Row, Tables } from '@packages/db/tables'
import { HoldfastError } from '@packages/shared/holdfast-error'
import { isUuid } from '@packages/shared/ids'
import type { Kysely } from 'kysely'

export type KeyRow = Row<'ipns_keys'>
export type PublicationRow = Row<'ipns_publications'>
type IpnsNameRow = Pick<Row<'ipns_names'>, 'name' | 'record' | 'updated_at' | 'republished_at'>
export type NameRow = IpnsNameRow & Pick<KeyRow, 'label'> & { key_id: string }

/** The organization's key. @throws HoldfastError `not_found`, for another organization's as well */
export const keyRowOf = async (db: Kysely<Tables>, organizationId: string, id: string): Promise<KeyRow> => {
  const row = isUuid(id)
    ? await db
        .selectFrom('ipns_keys')
        .selectAll()
        .where('id', '=', id)
        .where('organization_id', '=', organizationId)
        .executeTakeFirst()
    : undefined
  if (row === undefined) throw new HoldfastError('not_found')
  return row
}

export const listKeyRows = (db: Kysely<Tables>, organizationId: string): Promise<KeyRow[]> =>
  db.selectFrom('ipns_keys').selectAll().where('organization_id', '=', organizationId).orderBy('label').execute()

export const countKeys = async (db: Kysely<Tables>, organizationId: string): Promise<number> => {
  const { count } = await db
    .selectFrom('ipns_keys')
    .select((of) => of.fn.countAll<number>().as('count'))
    .where('organization_id', '=', organizationId)
    .executeTakeFirstOrThrow()
  return Number(count)
}

/** Names of the organization's keys that have a record. */
export const listNameRows = (db: Kysely<Tables>, organizationId: string): Promise<NameRow[]> =>
  db
    .selectFrom('ipns_keys')
    .innerJoin('ipns_names', 'ipns_names.key_id', 'ipns_keys.id')
    .select([
      'ipns_keys.id as key_id',
      'ipns_keys.label',
      'ipns_names.name',
      'ipns_names.record',
      'ipns_names.updated_at',
      'ipns_names.republished_at',
    ])
    .where('ipns_keys.organization_id', '=', organizationId)
    .orderBy('ipns_keys.label')
    .execute()

/** The newest first. @param before an id of the page before */
export const listPublicationRows = (
  db: Kysely<Tables>,
  { name, limit, before }: { name: string; limit: number; before: number | undefined },
): Promise<PublicationRow[]> =>
  db
    .selectFrom('ipns_publications')
    .selectAll()
    .where('name', '=', name)
    .$if(before !== undefined, (query) => query.where('id', '<', before ?? 0))
    .orderBy('id', 'desc')
    .limit(limit)
    .execute()
