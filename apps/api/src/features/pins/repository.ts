import { fetchOfPin } from '@packages/db/pins/pin-info'
import type { Tables } from '@packages/db/tables'
import { type Kysely, sql } from 'kysely'
import { jsonArrayFrom } from 'kysely/helpers/postgres'
import type { Hash } from '../../values/hash-param.ts'
import type { PinWithNodes, PinWithPolicy } from './presenter.ts'
import type { PinListQuery } from './schemas.ts'

/** `cidHash`: the keyed hash that the organization's private files have of the CID that is asked for. */
export type PinPage = { organizationId: string; limit: number; before?: string; cidHash?: Buffer }
export type PinFilters = Pick<PinListQuery, 'name' | 'status'> & { hash?: Hash }

/** The organization's pins, the newest first: at most `limit`, those before the row `before`. */
export const listPinRows = (kysely: Kysely<Tables>, page: PinPage, filters: PinFilters): Promise<PinWithPolicy[]> =>
  pinPage(kysely, page, filters).execute()

/** The same with what every node says, by one statement: a second one would cost as much as all the rest. */
export const listPinRowsWithNodes = (
  kysely: Kysely<Tables>,
  page: PinPage,
  filters: PinFilters,
): Promise<PinWithNodes[]> =>
  pinPage(kysely, page, filters)
    .select((of) =>
      jsonArrayFrom(
        of
          .selectFrom('pin_nodes as n')
          .select(['n.node_name', 'n.status', 'n.pinned_at', 'n.last_checked', 'n.error'])
          .whereRef('n.pin_id', '=', 'pins.id')
          .orderBy('n.node_name'),
      ).as('nodes'),
    )
    .execute()

const pinPage = (kysely: Kysely<Tables>, page: PinPage, { hash, name, status }: PinFilters) => {
  let query = kysely
    .selectFrom('pins')
    .select([
      'pins.id',
      'pins.cid',
      'pins.name',
      'pins.status',
      'pins.created_at',
      'pins.pinned_at',
      'pins.meta',
      'pins.info',
      'pins.replication_min',
      'pins.replication_max',
      fetchOfPin.as('fetch'),
    ])
    .where('pins.organization_id', '=', page.organizationId)
    .orderBy('pins.id', 'desc')
    .limit(page.limit)
  if (page.before !== undefined) query = query.where('pins.id', '<', page.before)
  if (hash?.kind === 'id') query = query.where('pins.id', '=', hash.id)
  const { organizationId, cidHash } = page
  if (hash?.kind === 'cid')
    query = query.where(({ eb, or }) =>
      or([
        eb('pins.content_id', 'in', liveContent(kysely, hash.canonical)),
        ...(cidHash === undefined ? [] : [eb('pins.id', 'in', pinsOfPrivate(kysely, organizationId, cidHash))]),
      ]),
    )
  if (name !== undefined) query = query.where('pins.name', '=', name)
  if (status !== undefined) query = query.where('pins.status', '=', status)
  return query
}

/** Pins of this hash that the organization has, and whether a file hangs on each. */
export const pinsToDelete = async (
  kysely: Kysely<Tables>,
  organizationId: string,
  hash: Hash,
  limit: number,
): Promise<{ id: string; has_file: boolean }[]> => {
  const query = kysely
    .selectFrom('pins')
    .select(['pins.id', sql<boolean>`exists (select from files f where f.pin_id = pins.id)`.as('has_file')])
    .where('pins.organization_id', '=', organizationId)
    .orderBy('has_file', 'desc')
    .limit(limit)
  return hash.kind === 'id'
    ? query.where('pins.id', '=', hash.id).execute()
    : query.where('pins.content_id', 'in', liveContent(kysely, hash.canonical)).execute()
}

const pinsOfPrivate = (kysely: Kysely<Tables>, organizationId: string, cidHash: Buffer) =>
  kysely
    .selectFrom('files')
    .select('pin_id')
    .where('organization_id', '=', organizationId)
    .where('cid_hash', '=', cidHash)

const liveContent = (kysely: Kysely<Tables>, canonical: string) =>
  kysely
    .selectFrom('contents')
    .select('contents.id')
    .where('contents.realm', '=', 'public')
    .where('contents.cid', '=', canonical)
    .where('contents.state', '<>', 'released')
