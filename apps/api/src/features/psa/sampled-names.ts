import type { Tables } from '@packages/db/tables'
import { type Kysely, sql } from 'kysely'
import { NameSample, type SampledName } from './name-sample.ts'

const NAMES = 2_000
/** In a smaller table any way of looking is quick. */
const MIN_PINS = 50_000
const KEPT_MS = 60_000

/** Names from pages of the table that chance picks, of everybody: the index of parts has them all. Nothing where there are few pins. */
export const sampledNamesQuery = (minPins: number = MIN_PINS) => sql<SampledName>`
  select pins.organization_id, left(pins.name_folded, 100) as name
  from pins tablesample system (
    (select least(100, 100.0 * ${NAMES} / greatest(1, reltuples)) from pg_class where oid = 'pins'::regclass))
  where pins.name_folded is not null
    and (select reltuples from pg_class where oid = 'pins'::regclass) >= ${minPins}
  limit ${2 * NAMES}
`

export type SampledNamesOptions = { kysely: Kysely<Tables>; minPins?: number; now?: () => number }

/**
 * A sample of all names, read again when it is a minute old and asked for. Nobody but the first waits for it: a cold disk may take seconds to read so many pages, and it
 * decides how quickly a list is found, never what is in it. A few hundred KiB.
 */
export class SampledNames {
  readonly #kysely: Kysely<Tables>
  readonly #minPins: number | undefined
  readonly #now: () => number
  #sample: NameSample | undefined
  #reading: Promise<NameSample> | undefined
  #until = 0

  constructor({ kysely, minPins, now }: SampledNamesOptions) {
    this.#kysely = kysely
    this.#minPins = minPins
    this.#now = now ?? (() => performance.now())
  }

  async current(): Promise<NameSample> {
    if (this.#sample !== undefined && this.#now() < this.#until) return this.#sample
    this.#reading ??= this.#read()
    if (this.#sample === undefined) return this.#reading
    // What fails is tried again by the next who asks.
    this.#reading.catch(() => undefined)
    return this.#sample
  }

  async #read(): Promise<NameSample> {
    const asked = this.#now()
    try {
      this.#sample = new NameSample((await sampledNamesQuery(this.#minPins).execute(this.#kysely)).rows)
      this.#until = asked + KEPT_MS
      return this.#sample
    } finally {
      this.#reading = undefined
    }
  }
}
