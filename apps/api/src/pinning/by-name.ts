import { foldText } from '@packages/shared/fold-text'
import { type RawBuilder, sql } from 'kysely'

/** As the index has it: a name may be longer than a B-tree takes. */
const FOLDED_CHARS = 200

/** Pins of this name in any case (ADR 0129), found by the index of names. Private ones have none. */
export const byNameInAnyCase = (name: string): RawBuilder<boolean> => {
  const folded = foldText(name)
  const letters = [...folded]
  const start = letters.slice(0, FOLDED_CHARS).join('')
  const rest = letters.length > FOLDED_CHARS ? sql`and pins.name_folded = ${folded}` : sql``
  return sql`pins.name_folded is not null and left(pins.name_folded, 200) = ${start} ${rest}`
}

/** Pins of exactly this name: the name itself decides among those that the index finds. */
export const byName = (name: string): RawBuilder<boolean> => sql`${byNameInAnyCase(name)} and pins.name = ${name}`
