import { foldText } from '@packages/shared/fold-text'
import { canonicalCid, parseCid } from '@packages/shared/cid'
import { type RawBuilder, sql } from 'kysely'
import { byName, byNameInAnyCase } from '../../pinning/by-name.ts'
import type { PinFilters } from './repository.ts'
import type { PinsQuery } from './schemas.ts'

/** What a list's query asks of `pins`. @throws HoldfastError `invalid_cid`, `unsupported_cid` */
export const listFilters = (organizationId: string, query: PinsQuery): PinFilters => {
  const { cid, name, status, before, after, meta } = query
  // The suite lists by name, and clients by CID, what is not pinned yet (ADR 0127).
  const statuses = status ?? (cid === undefined && name === undefined ? ['pinned'] : undefined)
  const conditions = [sql`pins.organization_id = ${organizationId} and not pins.is_private`]
  if (statuses !== undefined && new Set(statuses).size < 4)
    conditions.push(
      statuses.length === 1 ? sql`pins.psa_status = ${statuses[0]}` : sql`pins.psa_status = any(${statuses}::text[])`,
    )
  if (cid !== undefined) conditions.push(byCid(cid))
  if (name !== undefined) conditions.push(matching(name, query.match))
  if (meta !== undefined && Object.keys(meta).length > 0)
    conditions.push(sql`pins.meta <> '{}' and pins.meta @> ${JSON.stringify(meta)}::jsonb`)
  if (before !== undefined) conditions.push(sql`pins.created_at < ${before}::timestamptz`)
  if (after !== undefined) conditions.push(sql`pins.created_at > ${after}::timestamptz`)
  const byPart = name !== undefined && (query.match === 'partial' || query.match === 'ipartial')
  const { before: _before, limit: _limit, ...list } = query
  return { conditions: sql.join(conditions, sql` and `), byPart, list: JSON.stringify([organizationId, list]), before }
}

const byCid = (cids: readonly string[]): RawBuilder<unknown> => {
  const canonical = cids.map((cid) => canonicalCid(parseCid(cid)))
  return sql`pins.content_id in (
    select c.id from contents c where c.realm = 'public' and c.cid = any(${canonical}::text[]) and c.state <> 'released')`
}

/** Folded names decide by the index; where case matters, the name itself decides too. */
const matching = (name: string, match: PinsQuery['match']): RawBuilder<unknown> => {
  if (match === 'iexact') return byNameInAnyCase(name)
  if (match === 'exact') return byName(name)
  const folded = foldText(name)
  const part = sql`pins.name_folded is not null and pins.name_folded like ${`%${folded.replaceAll(/[\\%_]/g, '\\$&')}%`}`
  return match === 'ipartial' ? part : sql`${part} and strpos(pins.name, ${name}) > 0`
}
