import type { Row, Tables } from '@packages/db/tables'
import { HoldfastError } from '@packages/shared/holdfast-error'
import { isUuid } from '@packages/shared/ids'
import type { Kysely } from 'kysely'

type Page = { organizationId: string; limit: number; before?: string; name?: string | undefined }

/** Groups of the organization, the newest first. */
export const listGroupRows = (
  kysely: Kysely<Tables>,
  { organizationId, limit, before, name }: Page,
): Promise<Row<'groups'>[]> => {
  let query = kysely
    .selectFrom('groups')
    .selectAll()
    .where('organization_id', '=', organizationId)
    .where('deleted_at', 'is', null)
    .orderBy('id', 'desc')
    .limit(limit)
  if (before !== undefined) query = query.where('id', '<', before)
  if (name !== undefined) query = query.where('name', '=', name)
  return query.execute()
}

/** An id as the database takes it. @throws HoldfastError `not_found` for what is none */
export const groupId = (id: string): string => {
  if (!isUuid(id)) throw new HoldfastError('not_found')
  return id
}
