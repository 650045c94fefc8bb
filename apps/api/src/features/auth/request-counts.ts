import { createHmac } from 'node:crypto'
import type { Tables } from '@packages/db/tables'
import type { MasterKey } from '@packages/runtime/master-key'
import { type Kysely, sql } from 'kysely'

export type RequestCountsDeps = { kysely: Kysely<Tables>; masterKey: MasterKey; now?: () => number }

export type CountedWindow = { what: string; limit: number; windowMs: number }

/**
 * Counts in the database, for limits of hours and days that a restart and a second process must not forget. A window
 * begins at a multiple of its length. Keys (addresses) are kept as HMACs only.
 */
export class RequestCounts {
  readonly #deps: RequestCountsDeps
  readonly #hmacKey: Uint8Array

  constructor(deps: RequestCountsDeps) {
    this.#deps = deps
    this.#hmacKey = deps.masterKey.derive('holdfast/request-counts/v1')
  }

  /** Counts one, exactly, however many come at once. @returns whether it is within the limit, and when the window ends */
  async take({ what, limit, windowMs }: CountedWindow, key: string): Promise<{ allowed: boolean; resetMs: number }> {
    const now = (this.#deps.now ?? Date.now)()
    const start = now - (now % windowMs)
    const { count } = await this.#deps.kysely
      .insertInto('request_counts')
      .values({
        what,
        key: createHmac('sha256', this.#hmacKey).update(`${what}\n${key}`).digest(),
        window_start: new Date(start),
        count: 1,
      })
      .onConflict((conflict) =>
        conflict.columns(['what', 'key', 'window_start']).doUpdateSet({ count: sql<number>`request_counts.count + 1` }),
      )
      .returning('count')
      .executeTakeFirstOrThrow()
    return { allowed: count <= limit, resetMs: start + windowMs - now }
  }
}

/** Mails that strangers make us send to one address. */
export const MAILS_PER_ADDRESS: CountedWindow = { what: 'mail', limit: 5, windowMs: 3_600_000 }
