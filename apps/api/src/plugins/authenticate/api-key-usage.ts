import type { Tables } from '@packages/db/tables'
import type { MinimalLogger } from '@packages/runtime/minimal-logger'
import { type Kysely, sql } from 'kysely'

export type ApiKeyUsageDeps = { kysely: Kysely<Tables>; logger: MinimalLogger }

const FLUSH_MS = 10_000

/**
 * Counts uses of keys in memory and writes the sums every 10 s: one UPDATE a request would make a busy key's row hot.
 * A crash loses the last seconds of a statistic, nothing else.
 */
export class ApiKeyUsage {
  readonly #deps: ApiKeyUsageDeps
  #counts = new Map<string, { uses: number; lastUsedAt: Date }>()
  #timer: NodeJS.Timeout | undefined

  constructor(deps: ApiKeyUsageDeps) {
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

  count(apiKeyId: string): void {
    const known = this.#counts.get(apiKeyId)
    this.#counts.set(apiKeyId, { uses: (known?.uses ?? 0) + 1, lastUsedAt: new Date() })
  }

  /** Writes what was counted, in the order of ids so that two processes never wait for each other in a circle. */
  async flush(): Promise<void> {
    if (this.#counts.size === 0) return
    const counts = [...this.#counts].toSorted(([a], [b]) => (a < b ? -1 : 1))
    this.#counts = new Map()
    try {
      await sql`
        update api_keys k
        set uses = k.uses + c.uses, last_used_at = greatest(k.last_used_at, c.last_used_at)
        from (
          select * from unnest(
            ${counts.map(([id]) => id)}::uuid[],
            ${counts.map(([, { uses }]) => uses)}::bigint[],
            ${counts.map(([, { lastUsedAt }]) => lastUsedAt)}::timestamptz[]
          ) as t (id, uses, last_used_at)
        ) c
        where k.id = c.id`.execute(this.#deps.kysely)
    } catch (error) {
      this.#deps.logger.warn({ err: error }, 'uses of API keys were not counted')
    }
  }
}
