import type { MinimalLogger } from '@packages/runtime/minimal-logger'

/**
 * `store_misfit`: the database and the store do not belong together, or one is older than the other.
 * `orphans_exceed_limit`: more of the store than expected belongs to nobody.
 * `held_content_missing`: the database says that content is held, and the store does not have it.
 * `damaged_blocks`: blocks of the store cannot be read any more and no sound copy was found yet, or the index lacks roots that are not whole.
 */
export type AlarmCode = 'store_misfit' | 'orphans_exceed_limit' | 'held_content_missing' | 'damaged_blocks'

export type Alarm = { code: AlarmCode; since: Date; detail: string }

/** What an operator must look at; shown by `/health/ready` and logged when it begins and ends. */
export class StoreAlarms {
  readonly #alarms = new Map<AlarmCode, Alarm>()
  readonly #logger: MinimalLogger
  readonly #now: () => number

  constructor(logger: MinimalLogger, now: () => number = Date.now) {
    this.#logger = logger
    this.#now = now
  }

  raise(code: AlarmCode, detail: string): void {
    const known = this.#alarms.get(code)
    if (known?.detail === detail) return
    this.#alarms.set(code, { code, since: known?.since ?? new Date(this.#now()), detail })
    this.#logger.error({ alarm: code, detail }, `ALARM: ${detail}`)
  }

  clear(code: AlarmCode): void {
    if (this.#alarms.delete(code)) this.#logger.warn({ alarm: code }, 'the alarm is over')
  }

  has(code: AlarmCode): boolean {
    return this.#alarms.has(code)
  }

  list(): Alarm[] {
    return [...this.#alarms.values()]
  }
}
