import type { Row, Tables } from '@packages/db/tables'
import { HoldfastError } from '@packages/shared/holdfast-error'
import { isUuid } from '@packages/shared/ids'
import type { Kysely } from 'kysely'

/** A group of the organization; none for one that was deleted, of somebody else, or no id at all. */
export const findGroup = async (
  kysely: Kysely<Tables>,
  organizationId: string,
  id: string,
): Promise<Row<'groups'> | undefined> =>
  isUuid(id)
    ? kysely
        .selectFrom('groups')
        .selectAll()
        .where('id', '=', id)
        .where('organization_id', '=', organizationId)
        .where('deleted_at', 'is', null)
        .executeTakeFirst()
    : undefined

/** @throws HoldfastError `not_found` */
export const requireGroup = async (
  kysely: Kysely<Tables>,
  organizationId: string,
  id: string,
): Promise<Row<'groups'>> => {
  const row = await findGroup(kysely, organizationId, id)
  if (row === undefined) throw new HoldfastError('not_found', { detail: 'There is no such group.' })
  return row
}
