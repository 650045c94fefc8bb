import { setTimeout as sleep } from 'node:timers/promises'
import { currentEventPosition, organizationsWithEvents } from '@packages/db/events/read-events'
import type { Database } from '@packages/db/open-database'
import type { MinimalLogger } from '@packages/runtime/minimal-logger'

export type EventWakesDeps = { db: Pick<Database, 'kysely'>; logger: MinimalLogger; pollMs?: number }

/**
 * Tells streams that their organization has new events: one question for all of them, four times a second, and none while nobody listens. What is new each stream
 * reads by itself, from where it stands, so a wake too many or too late loses nothing.
 */
export class EventWakes {
  readonly #deps: EventWakesDeps
  readonly #wakes = new Map<string, Set<() => void>>()
  readonly #stop = new AbortController()
  #running: Promise<void> | undefined

  constructor(deps: EventWakesDeps) {
    this.#deps = deps
  }

  /** @returns what ends it */
  listen(organizationId: string, wake: () => void): () => void {
    const wakes = this.#wakes.get(organizationId) ?? new Set()
    this.#wakes.set(organizationId, wakes.add(wake))
    this.#running ??= this.#run()
    return () => {
      wakes.delete(wake)
      if (wakes.size === 0) this.#wakes.delete(organizationId)
    }
  }

  async stop(): Promise<void> {
    this.#stop.abort()
    await this.#running
  }

  async #run(): Promise<void> {
    const { db, logger, pollMs = 250 } = this.#deps
    const { signal } = this.#stop
    let from: string | undefined
    while (!signal.aborted && this.#wakes.size > 0) {
      try {
        if (from === undefined) {
          from = (await currentEventPosition(db.kysely)).xid
          // They may have read before this place was taken: what came in between would wake nobody.
          for (const wakes of this.#wakes.values()) for (const wake of wakes) wake()
        }
        const { next, organizationIds } = await organizationsWithEvents(db.kysely, from)
        from = next
        for (const id of organizationIds) for (const wake of this.#wakes.get(id) ?? []) wake()
      } catch (error) {
        logger.warn({ err: error }, 'the log of events cannot be read; it is tried again')
      }
      await sleep(pollMs, undefined, { signal }).catch(() => undefined)
    }
    this.#running = undefined
  }
}
