import type { Database } from '@packages/db/open-database'
import type { z } from 'zod'
import type { DeniedContent } from '../../content/denied-content.ts'
import type { Actor } from '../../authorization/actor.ts'
import { authorize } from '../../authorization/authorize.ts'
import { type Delegates, delegatesOf } from './delegates.ts'
import { isByPart, listFilters } from './list-filters.ts'
import type { LongLists } from './long-lists.ts'
import { presentPin } from './presenter.ts'
import { pinPage, type PsaPin } from './repository.ts'
import type { SampledNames } from './sampled-names.ts'
import type { PinsQuery, pinResultsSchema } from './schemas.ts'

export type ListPinsDeps = {
  db: Pick<Database, 'kysely'>
  delegates: Delegates
  denied: Pick<DeniedContent, 'told'>
  longLists: LongLists
  sampledNames: SampledNames
}

/** `getPins`: the newest first. `count` is of all that fit, the bounds of time included (ADR 0130). @throws HoldfastError `invalid_cid`, `no_public_node` */
export const listPins = async (
  deps: ListPinsDeps,
  actor: Actor | null,
  query: PinsQuery,
): Promise<z.infer<typeof pinResultsSchema>> => {
  authorize(actor, 'pins:read', {})
  const names = isByPart(query) ? await deps.sampledNames.current() : undefined
  const filters = listFilters(actor.organizationId, query, names)
  const { count, rows } = await pinPage({ kysely: deps.db.kysely, longLists: deps.longLists }, filters, query.limit + 1)
  const delegates = rows.length === 0 ? [] : await delegatesOf(deps)
  return {
    count,
    results: wholeMilliseconds(rows, query.limit).map((pin) =>
      presentPin({ ...pin, ...deps.denied.told(pin) }, delegates),
    ),
  }
}

const millisecondOf = ({ created }: PsaPin): string => created.slice(0, 23)

/**
 * Pure: a page that ends between two milliseconds where it can. A client that reads times in milliseconds asks for what is before the last one,
 * and would miss the rest of it.
 */
export const wholeMilliseconds = (rows: readonly PsaPin[], limit: number): readonly PsaPin[] => {
  const [next, last] = [rows[limit], rows[limit - 1]]
  const page = rows.slice(0, limit)
  if (next === undefined || last === undefined || millisecondOf(next) !== millisecondOf(last)) return page
  const whole = page.filter((pin) => millisecondOf(pin) !== millisecondOf(next))
  return whole.length === 0 ? page : whole
}
