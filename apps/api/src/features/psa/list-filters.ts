import { foldText } from '@packages/shared/fold-text'
import { canonicalCid, parseCid } from '@packages/shared/cid'
import { type RawBuilder, sql } from 'kysely'
import { byName, byNameInAnyCase } from '../../pinning/by-name.ts'
import type { NameSample } from './name-sample.ts'
import type { PinFilters } from './repository.ts'
import type { PinsQuery } from './schemas.ts'

/**
 * What a list's query asks of `pins`.
 * @param names how a part of a name is found more quickly; without it the same is found
 * @throws HoldfastError `invalid_cid`, `unsupported_cid`
 */
export const listFilters = (organizationId: string, query: PinsQuery, names?: NameSample): PinFilters => {
  const { cid, name, status, before, after, meta } = query
  // The suite lists by name, and clients by CID, what is not pinned yet (ADR 0127).
  const statuses = status ?? (cid === undefined && name === undefined ? ['pinned'] : undefined)
  // A CID and meta have indexes of their own.
  const rare =
    isByPart(query) && name !== undefined && cid === undefined && meta === undefined
      ? names?.rareWithin(organizationId, foldText(name))
      : undefined
  const conditions = [rare === undefined ? sql`pins.organization_id = ${organizationId}` : ofLarge(organizationId)]
  conditions.push(sql`not pins.is_private`)
  if (statuses !== undefined && new Set(statuses).size < 4)
    conditions.push(
      statuses.length === 1 ? sql`pins.psa_status = ${statuses[0]}` : sql`pins.psa_status = any(${statuses}::text[])`,
    )
  if (cid !== undefined) conditions.push(byCid(cid))
  if (name !== undefined) conditions.push(matching(name, query.match, rare))
  if (meta !== undefined && Object.keys(meta).length > 0)
    conditions.push(sql`pins.meta <> '{}' and pins.meta @> ${JSON.stringify(meta)}::jsonb`)
  if (before !== undefined) conditions.push(sql`pins.created_at < ${before}::timestamptz`)
  if (after !== undefined) conditions.push(sql`pins.created_at > ${after}::timestamptz`)
  const { before: _before, limit: _limit, ...list } = query
  return {
    conditions: sql.join(conditions, sql` and `),
    inOrder: cid === undefined && name === undefined && meta === undefined && statuses?.length === 1,
    byRarePart: rare !== undefined,
    list: JSON.stringify([organizationId, list]),
    before,
  }
}

/** Whether a list is of names that have a part. */
export const isByPart = ({ name, match }: PinsQuery): boolean =>
  name !== undefined && (match === 'partial' || match === 'ipartial')

/** Spelled so that no index is asked for it: the index of parts would walk all that the organization has (ADR 0169). */
const ofLarge = (organizationId: string): RawBuilder<unknown> =>
  sql`pins.organization_id::text = ${organizationId}::uuid::text`

const byCid = (cids: readonly string[]): RawBuilder<unknown> => {
  const canonical = cids.map((cid) => canonicalCid(parseCid(cid)))
  return sql`pins.content_id in (
    select c.id from contents c where c.realm = 'public' and c.cid = any(${canonical}::text[]) and c.state <> 'released')`
}

/** Folded names decide by the index; where case matters, the name itself decides too. Of a part that has something rare the index is asked for that alone. */
const matching = (name: string, match: PinsQuery['match'], rare: string | undefined): RawBuilder<unknown> => {
  if (match === 'iexact') return byNameInAnyCase(name)
  if (match === 'exact') return byName(name)
  const folded = foldText(name)
  const found =
    rare === undefined
      ? sql`pins.name_folded like ${`%${folded.replaceAll(/[\\%_]/g, '\\$&')}%`}`
      : sql`pins.name_folded like ${`%${rare}%`} and strpos(pins.name_folded, ${folded}) > 0`
  const part = sql`pins.name_folded is not null and ${found}`
  return match === 'ipartial' ? part : sql`${part} and strpos(pins.name, ${name}) > 0`
}
