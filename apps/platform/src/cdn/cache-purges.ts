import { enqueuePurges } from '@packages/db/cache-purges/enqueue-purges'
import { openPurgeCursor, takePolicyEntries, touchPurgeCursor } from '@packages/db/cache-purges/purge-cursor'
import type { Database } from '@packages/db/open-database'
import { lastPolicyPosition, type PolicyTail, tailPolicyLog } from '@packages/db/policy-log'
import type { MinimalLogger } from '@packages/runtime/minimal-logger'
import type { Figure } from '@packages/runtime/metrics/figures'
import type { Service } from '@packages/runtime/service'
import type { CachePurger } from './cache-purger.ts'
import { PurgeLoop } from './purge-loop.ts'

export type CachePurgesDeps = {
  db: Pick<Database, 'kysely' | 'listen'>
  logger: MinimalLogger
  purgers: readonly CachePurger[]
  /** Between the first time and the second; 5 s by default. */
  againMs?: number
  /** How often it is noted that the log was read; a minute by default. */
  touchMs?: number
}

/** Longer than an answer is on its way from a worker into a cache. */
const AGAIN_MS = 5_000
const TOUCH_MS = 60_000

export const PURGE_FIGURES: Figure[] = [
  { name: 'holdfast_cache_purges_pending', help: 'Tags that a shared cache has yet to let go.', kind: 'gauge' },
  { name: 'holdfast_cache_purges_failing', help: 'Those that a cache has refused or not answered.', kind: 'gauge' },
  { name: 'holdfast_cache_purges_oldest_seconds', help: 'How long the first of them has waited.', kind: 'gauge' },
]

/**
 * Has shared caches let go what the policy log withdraws (ADR 0160). Purges are rows, which are written from the log's entries with a cursor of their own, and
 * which end when the cache has done it twice: first when all gateways have the change in force, and once more for what was on its way then.
 */
export class CachePurges implements Service {
  readonly name = 'cache purges'
  readonly #deps: CachePurgesDeps
  readonly #caches: readonly string[]
  readonly #loops: readonly PurgeLoop[]
  #tail: PolicyTail | undefined
  #touching: NodeJS.Timeout | undefined
  /** Since the cursor was touched. */
  #isCaughtUp = false

  constructor(deps: CachePurgesDeps) {
    this.#deps = deps
    this.#caches = deps.purgers.map(({ name }) => name)
    this.#loops = deps.purgers.map((purger) => new PurgeLoop(purger, { againMs: AGAIN_MS, ...deps }))
  }

  async start(): Promise<void> {
    const { db, logger } = this.#deps
    const from = await openPurgeCursor(db.kysely, this.#caches)
    this.#tail = await tailPolicyLog(db, {
      from,
      logger,
      onCaughtUp: () => {
        this.#isCaughtUp = true
      },
      onEntries: async (entries, position) => {
        await takePolicyEntries(db.kysely, { entries, position, caches: this.#caches })
        this.#wake()
      },
    })
    this.#touching = setInterval(() => this.#touch(), this.#deps.touchMs ?? TOUCH_MS).unref()
    for (const loop of this.#loops) loop.start()
    this.#wake()
  }

  async stop(): Promise<void> {
    clearInterval(this.#touching)
    await this.#tail?.stop()
    await Promise.all(this.#loops.map((loop) => loop.stop()))
  }

  /** What stands in no log, such as rules in files. @param delayMs until workers have it in force, who cannot say so */
  async purge(tags: readonly string[], { delayMs = 0 } = {}): Promise<void> {
    const { kysely } = this.#deps.db
    await enqueuePurges(kysely, {
      caches: this.#caches,
      tags,
      position: await lastPolicyPosition(kysely),
      delayMs,
      isUrgent: true,
    })
    this.#wake()
  }

  /** Only where the log was read to its end: who cannot read it for long may miss some of it, and has to know. */
  #touch(): void {
    if (!this.#isCaughtUp) return
    this.#isCaughtUp = false
    touchPurgeCursor(this.#deps.db.kysely).catch((err: unknown) =>
      this.#deps.logger.warn({ err }, 'it could not be noted that the policy log was read'),
    )
  }

  #wake(): void {
    for (const loop of this.#loops) loop.wake()
  }
}
