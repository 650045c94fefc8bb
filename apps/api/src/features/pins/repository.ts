import { utcText } from '@packages/db/microseconds'
import { fetchOfPin } from '@packages/db/pins/pin-info'
import { preparedPage } from '@packages/db/prepared-statements'
import type { Tables } from '@packages/db/tables'
import { type Kysely, sql } from 'kysely'
import { jsonArrayFrom } from 'kysely/helpers/postgres'
import { byName } from '../../pinning/by-name.ts'
import { groupThere } from '../../pinning/group-there.ts'
import { hasTenantKey } from '../../private/tenant-seal.ts'
import type { Hash } from '../../values/hash-param.ts'
import type { PinFields, PinWithNodes } from './presenter.ts'
import type { PinListQuery } from './schemas.ts'

/** `cidHash`: the keyed hash that the organization's private files have of the CID that is asked for. */
export type PinPage = { organizationId: string; limit: number; before?: string; cidHash?: Buffer }
export type PinFilters = Pick<PinListQuery, 'name' | 'status' | 'group'> & { hash?: Hash }

type KeyTold = { has_tenant_key: boolean }

/** The organization's pins, the newest first: at most `limit`, those before the row `before`. */
export const listPinRows = (
  kysely: Kysely<Tables>,
  page: PinPage,
  filters: PinFilters,
): Promise<(PinFields & KeyTold)[]> => pinPage(kysely, page, filters).execute()

/** The same with what every node says, by one statement: a second one would cost as much as all the rest. */
export const listPinRowsWithNodes = (
  kysely: Kysely<Tables>,
  page: PinPage,
  filters: PinFilters,
): Promise<(PinWithNodes & KeyTold)[]> =>
  pinPage(kysely, page, filters)
    .select((of) => [
      'pins.replication_min',
      'pins.replication_max',
      'pins.zones',
      jsonArrayFrom(
        of
          .selectFrom('pin_nodes as n')
          .select(['n.node_name', 'n.status', 'n.pinned_at', 'n.last_checked', 'n.error'])
          .whereRef('n.pin_id', '=', 'pins.id')
          .orderBy('n.node_name'),
      ).as('nodes'),
      sql<string | null>`(select c.shortage from contents c where c.id = pins.content_id)`.as('shortage'),
      sql<string[]>`array(select z.zone from unnest(pins.zones) as z (zone) where not exists (
        select from replicas r join nodes n on n.id = r.node_id and n.zone = z.zone
        where r.content_id = pins.content_id and r.status = 'pinned'))`.as('bare_zones'),
    ])
    .execute()

/** Exported for the test that looks at its plan. */
export const pinPage = (kysely: Kysely<Tables>, page: PinPage, { hash, name, status, group }: PinFilters) => {
  let query = kysely
    .selectFrom('pins')
    .select([
      'pins.id',
      'pins.cid',
      'pins.name',
      'pins.status',
      utcText('pins.created_at').as('created_at'),
      utcText('pins.pinned_at').$castTo<string | null>().as('pinned_at'),
      utcText('pins.expires_at').$castTo<string | null>().as('expires_at'),
      'pins.meta',
      'pins.info',
      groupThere('pins'),
      fetchOfPin.as('fetch'),
      hasTenantKey(page.organizationId),
    ])
    .where('pins.organization_id', '=', page.organizationId)
    .orderBy('pins.id', 'desc')
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
  if (name !== undefined) query = query.where(byName(name))
  if (status !== undefined) query = query.where('pins.status', '=', status)
  if (group !== undefined) query = query.where('pins.group_id', '=', group)
  // By a name or a group another index may be the one for some values and not for others.
  return [name, group].every((value) => value === undefined)
    ? query.$call(preparedPage(page.limit))
    : query.limit(page.limit)
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

/** Pins of this hash that the organization has, by id, after another. */
export const pinsToChange = async (
  kysely: Kysely<Tables>,
  organizationId: string,
  hash: Hash,
  { after, limit }: { after: string; limit: number },
): Promise<{ id: string; is_private: boolean }[]> => {
  const query = kysely
    .selectFrom('pins')
    .select(['pins.id', 'pins.is_private'])
    .where('pins.organization_id', '=', organizationId)
    .where('pins.id', '>', after)
    .orderBy('pins.id')
    .limit(limit)
  return hash.kind === 'id'
    ? query.where('pins.id', '=', hash.id).execute()
    : query.where('pins.content_id', 'in', liveContent(kysely, hash.canonical)).execute()
}

/** Pins of these hashes that the organization has: at most `limit`, those with files first. */
export const pinsOfHashes = async (
  kysely: Kysely<Tables>,
  organizationId: string,
  hashes: readonly Hash[],
  limit: number,
): Promise<{ id: string; canonical: string; has_file: boolean }[]> => {
  const ids = hashes.flatMap((hash) => (hash.kind === 'id' ? [hash.id] : []))
  const canonicals = hashes.flatMap((hash) => (hash.kind === 'cid' ? [hash.canonical] : []))
  if (hashes.length === 0) return []
  const { rows } = await sql<{ id: string; canonical: string; has_file: boolean }>`
    with named as (
      select id from pins where id = any(${ids}::uuid[]) and organization_id = ${organizationId}
      union
      select p.id from contents c join pins p on p.content_id = c.id
      where c.realm = 'public' and c.cid = any(${canonicals}::text[]) and c.state <> 'released'
        and p.organization_id = ${organizationId}
    )
    select p.id, c.cid as canonical, exists (select from files f where f.pin_id = p.id) as has_file
    from named join pins p on p.id = named.id join contents c on c.id = p.content_id
    order by has_file desc limit ${limit}
  `.execute(kysely)
  return rows
}

export type RetryFilter = { hash?: Hash; name?: string; status?: 'failed'; after: string | undefined; limit: number }

/** Contents that the organization's pins wait for, by id, and how many pins each has. */
export const contentsToRetry = async (
  kysely: Kysely<Tables>,
  organizationId: string,
  { hash, name, status, after, limit }: RetryFilter,
): Promise<{ id: string; pins: number }[]> => {
  let query = kysely
    .selectFrom('pins')
    .innerJoin('contents', 'contents.id', 'pins.content_id')
    .select(({ fn }) => ['contents.id', fn.countAll<number>().as('pins')])
    .where('pins.organization_id', '=', organizationId)
    .where('contents.state', '=', 'wanted')
    .groupBy('contents.id')
    .orderBy('contents.id')
    .limit(limit)
  if (hash?.kind === 'id') query = query.where('pins.id', '=', hash.id)
  if (hash?.kind === 'cid')
    query = query.where('contents.realm', '=', 'public').where('contents.cid', '=', hash.canonical)
  if (name !== undefined) query = query.where(byName(name))
  if (status !== undefined) query = query.where('pins.status', '=', status)
  if (after !== undefined) query = query.where('contents.id', '>', after)
  return query.execute()
}

/** Whether the organization has any pin of this hash. */
export const hasPins = async (kysely: Kysely<Tables>, organizationId: string, hash: Hash): Promise<boolean> =>
  (await pinsOfHashes(kysely, organizationId, [hash], 1)).length > 0

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
