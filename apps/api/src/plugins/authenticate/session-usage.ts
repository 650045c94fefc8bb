import type { Tables } from '@packages/db/tables'
import type { MinimalLogger } from '@packages/runtime/minimal-logger'
import { type Kysely, sql } from 'kysely'

export type SessionUsageDeps = { kysely: Kysely<Tables>; logger: MinimalLogger }

const FLUSH_MS = 60_000

/** Remembers when sessions were last used and writes it once a minute; a crash loses the last minute of it. */
export class SessionUsage {
  readonly #deps: SessionUsageDeps
  #seen = new Map<string, Date>()
  #timer: NodeJS.Timeout | undefined

  constructor(deps: SessionUsageDeps) {
    this.#deps = deps
  }

  start(): void {
    this.#timer = setInterval(() => void this.flush(), FLUSH_MS)
    this.#timer.unref()
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer)
    await this.flush()
  }

  see(sessionId: string): void {
    this.#seen.set(sessionId, new Date())
  }

  /** When this process saw it last, if it is not written yet. */
  lastSeen(sessionId: string): Date | undefined {
    return this.#seen.get(sessionId)
  }

  /** In the order of ids, so that two processes never wait for each other in a circle. */
  async flush(): Promise<void> {
    if (this.#seen.size === 0) return
    const seen = [...this.#seen].toSorted(([a], [b]) => (a < b ? -1 : 1))
    this.#seen = new Map()
    try {
      await sql`
        update sessions s set last_used_at = greatest(s.last_used_at, t.at)
        from unnest(${seen.map(([id]) => id)}::uuid[], ${seen.map(([, at]) => at)}::timestamptz[]) as t (id, at)
        where s.id = t.id`.execute(this.#deps.kysely)
    } catch (error) {
      this.#deps.logger.warn({ err: error }, 'the last use of sessions was not written')
    }
  }
}
