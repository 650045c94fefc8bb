import { setTimeout as sleep } from 'node:timers/promises'
import { type DuePurge, postponePurges, readDuePurges, settlePurges } from '@packages/db/cache-purges/due-purges'
import type { Database } from '@packages/db/open-database'
import type { MinimalLogger } from '@packages/runtime/minimal-logger'
import { type CachePurger, PurgeFailed } from './cache-purger.ts'

export type PurgeLoopDeps = {
  db: Pick<Database, 'kysely'>
  logger: MinimalLogger
  /** Between the first time and the second. */
  againMs: number
}

const FIRST_RETRY_MS = 1_000
const LAST_RETRY_MS = 300_000
const IDLE_MS = 1_000
/** While gateways have yet to say that they know. */
const SOON_MS = 100
const SOON_FOR_MS = 15_000

/** Asks one cache for what is due, one call after another. A cache that fails is left alone for longer and longer, and asked for all of it then. */
export class PurgeLoop {
  readonly #purger: CachePurger
  readonly #deps: PurgeLoopDeps
  readonly #stopping = new AbortController()
  #running: Promise<void> = Promise.resolve()
  #wake = Promise.withResolvers<void>()
  #soonUntil = 0
  #failures = 0

  constructor(purger: CachePurger, deps: PurgeLoopDeps) {
    this.#purger = purger
    this.#deps = deps
  }

  start(): void {
    this.#running = this.#run()
  }

  /** Something may be due. */
  wake(): void {
    this.#soonUntil = performance.now() + SOON_FOR_MS
    this.#wake.resolve()
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#running
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping
    while (!signal.aborted) {
      this.#wake = Promise.withResolvers<void>()
      const pauseMs = await this.#purgeDue().catch((err: unknown) => {
        if (!signal.aborted) this.#deps.logger.error({ err, cache: this.#purger.name }, 'purges could not be read')
        return IDLE_MS
      })
      const nap = (ms: number) => sleep(ms, undefined, { signal }).catch(() => undefined)
      if (pauseMs === undefined) {
        const napMs = performance.now() < this.#soonUntil ? SOON_MS : IDLE_MS
        await Promise.race([this.#wake.promise, nap(napMs)])
      } else if (pauseMs > 0) await nap(pauseMs)
    }
  }

  /** @returns ms that nothing is asked for; 0 when there may be more, undefined when nothing is due */
  async #purgeDue(): Promise<number | undefined> {
    const { name: cache, tagsAtOnce } = this.#purger
    const { kysely } = this.#deps.db
    // After a failure one by one: a tag that a cache refuses holds up no others.
    const purges = await readDuePurges(kysely, cache, this.#failures > 0 ? 1 : tagsAtOnce)
    if (purges.length === 0) return undefined
    try {
      await this.#purger.purge(
        purges.map(({ tag }) => tag),
        this.#stopping.signal,
      )
    } catch (error) {
      return this.#stopping.signal.aborted ? 0 : this.#postpone(purges, error)
    }
    this.#failures = 0
    await settlePurges(kysely, { cache, purges, againMs: this.#deps.againMs })
    return 0
  }

  /** Neither the log nor the row has what the cache was sent: a token is part of it. */
  async #postpone(purges: readonly DuePurge[], error: unknown): Promise<number> {
    const { db, logger } = this.#deps
    const cache = this.#purger.name
    const known = error instanceof PurgeFailed ? error : undefined
    const afterMs = known?.retryAfterMs ?? Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(this.#failures, 20))
    this.#failures++
    const problem = known?.message ?? 'it could not be reached'
    logger.warn({ cache, tags: purges.length, problem, afterMs }, 'a cache has not let go what it should')
    await postponePurges(db.kysely, { cache, purges, problem, afterMs })
    return afterMs
  }
}
