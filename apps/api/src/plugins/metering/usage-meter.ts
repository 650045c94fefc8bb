import type { Tables } from '@packages/db/tables'
import type { MinimalLogger } from '@packages/runtime/minimal-logger'
import { HoldfastError } from '@packages/shared/holdfast-error'
import type { Kysely } from 'kysely'
import { addUsage, type MonthStand, readMonth } from './month-repository.ts'

export type UsageMeterDeps = {
  kysely: Kysely<Tables>
  logger: MinimalLogger
  now?: () => number
}

/** What was counted here and is not in the database yet. */
type Counts = { requests: number; bytes: number }

type Entry = Counts & {
  /** Being written just now. */
  writing: Counts
  /** What the database said last, of all processes; undefined before the first look. */
  stand: (MonthStand & { at: number }) | undefined
  looking: Promise<void> | undefined
  /** How often it was written, or its plan changed: a look that began before knows less. */
  changes: number
}

const FLUSH_MS = 2_000
/** A stand that no flush has renewed is read again: the operator may have changed the plan. */
const STAND_MS = 5_000
const IDLE_MS = 60_000

/**
 * Counts requests and bytes of each organization's month: in memory, added up in the database every two seconds by one
 * statement for all. Several processes together may go over a limit by what two seconds bring.
 */
export class UsageMeter {
  readonly #deps: UsageMeterDeps
  readonly #now: () => number
  readonly #entries = new Map<string, Entry>()
  #timer: NodeJS.Timeout | undefined
  #flushing: Promise<void> | undefined

  constructor(deps: UsageMeterDeps) {
    this.#deps = deps
    this.#now = deps.now ?? Date.now
  }

  start(): void {
    this.#timer = setInterval(() => void this.flush(), FLUSH_MS).unref()
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer)
    await this.#flushing
    await this.flush()
  }

  /**
   * Counts a request. @param download whether it will be answered with content, which the bandwidth has to have room for
   * @throws HoldfastError `rate_limited` when the month's requests, or its bandwidth, are used up
   */
  async admit(organizationId: string, { download }: { download: boolean }): Promise<void> {
    const entry = this.#entryOf(organizationId)
    const { stand } = entry
    const isOld = stand === undefined || this.#now() - stand.at > STAND_MS || this.#now() >= stand.endsAt
    if (isOld) await (entry.looking ??= this.#look(organizationId, entry))
    if (entry.stand !== undefined) this.#refuse(entry, entry.stand, download)
    entry.requests++
  }

  /** Counts bytes that were sent. */
  sent(organizationId: string, bytes: number): void {
    if (bytes > 0) this.#entryOf(organizationId).bytes += bytes
  }

  /** The plan of one organization, or of any, was changed: what is known is read again. */
  planChanged(organizationId?: string): void {
    const entries = organizationId === undefined ? this.#entries.values() : [this.#entries.get(organizationId)]
    for (const entry of entries) {
      if (entry === undefined) continue
      entry.stand = undefined
      entry.changes++
    }
  }

  /** What is counted here, beyond the database. */
  pending(organizationId: string): Counts {
    const entry = this.#entries.get(organizationId)
    return {
      requests: (entry?.requests ?? 0) + (entry?.writing.requests ?? 0),
      bytes: (entry?.bytes ?? 0) + (entry?.writing.bytes ?? 0),
    }
  }

  /** Writes what was counted; one at a time. A failure is told, and its counts are written by the next one. */
  flush(): Promise<void> {
    this.#flushing ??= this.#flush().finally(() => {
      this.#flushing = undefined
    })
    return this.#flushing
  }

  async #flush(): Promise<void> {
    const batch: { organizationId: string; entry: Entry }[] = []
    for (const [organizationId, entry] of this.#entries) {
      if (entry.requests > 0 || entry.bytes > 0) batch.push({ organizationId, entry })
      else if (this.#now() - (entry.stand?.at ?? 0) > IDLE_MS && entry.looking === undefined)
        this.#entries.delete(organizationId)
    }
    if (batch.length === 0) return
    for (const { entry } of batch) {
      entry.writing = { requests: entry.requests, bytes: entry.bytes }
      entry.requests = 0
      entry.bytes = 0
    }
    try {
      const rows = batch.map(({ organizationId, entry }) => ({ organizationId, ...entry.writing }))
      const stands = await addUsage(this.#deps.kysely, rows, this.#now())
      for (const { organizationId, entry } of batch) {
        const stand = stands.get(organizationId)
        entry.stand = stand === undefined ? undefined : { ...stand, at: this.#now() }
        entry.changes++
      }
    } catch (error) {
      this.#deps.logger.warn({ err: error }, 'usage could not be written; it is kept and tried again')
      for (const { entry } of batch) {
        entry.requests += entry.writing.requests
        entry.bytes += entry.writing.bytes
      }
    } finally {
      for (const { entry } of batch) entry.writing = { requests: 0, bytes: 0 }
    }
  }

  async #look(organizationId: string, entry: Entry): Promise<void> {
    try {
      let began: number
      do {
        began = entry.changes
        const stand = await readMonth(this.#deps.kysely, organizationId, this.#now())
        if (entry.changes === began) entry.stand = stand === undefined ? undefined : { ...stand, at: this.#now() }
      } while (entry.changes !== began && entry.stand === undefined)
    } catch {
      // Nobody is kept out because it cannot be read; the flush tells about a database that does not answer.
    } finally {
      entry.looking = undefined
    }
  }

  #refuse(entry: Entry, { limits, requests, bandwidthBytes, endsAt }: MonthStand, download: boolean): void {
    const seconds = Math.max(1, Math.ceil((endsAt - this.#now()) / 1_000))
    if (limits.requests !== null && requests + entry.writing.requests + entry.requests >= limits.requests)
      throw usedUp('requests', limits.requests, seconds)
    if (!download || limits.bandwidthBytes === null) return
    if (bandwidthBytes + entry.writing.bytes + entry.bytes >= limits.bandwidthBytes)
      throw usedUp('bytes of downloads', limits.bandwidthBytes, seconds)
  }

  #entryOf(organizationId: string): Entry {
    let entry = this.#entries.get(organizationId)
    if (entry === undefined) {
      entry = {
        requests: 0,
        bytes: 0,
        writing: { requests: 0, bytes: 0 },
        stand: undefined,
        looking: undefined,
        changes: 0,
      }
      this.#entries.set(organizationId, entry)
    }
    return entry
  }
}

const usedUp = (what: string, limit: number, seconds: number): HoldfastError =>
  new HoldfastError('rate_limited', {
    detail: `The plan's ${limit} ${what} of this month are used up.`,
    headers: {
      'ratelimit-policy': `"month";q=${limit};w=2592000`,
      ratelimit: `"month";r=0;t=${seconds}`,
      'retry-after': String(seconds),
    },
  })
