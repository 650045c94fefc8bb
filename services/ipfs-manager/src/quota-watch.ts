import type { Database } from '@packages/db/open-database'
import { sql } from 'kysely'
import { BackendError } from './pin-backend.ts'

/**
 * How many bytes of a wanted content the organization with the most storage left could keep, of those that wait for it; null where one has no limit, and when
 * nobody waits.
 */
export const storageLeft = async ({ kysely }: Pick<Database, 'kysely'>, contentId: string): Promise<number | null> => {
  const { rows } = await sql<{ left: number | null }>`
    select max(greatest(0, l.storage_bytes - u.stored_bytes)) as left
    from usage u join organization_limits l on l.organization_id = u.organization_id
    where u.organization_id in (select organization_id from pins where content_id = ${contentId})
    having bool_and(l.storage_bytes is not null)
  `.execute(kysely)
  const left = rows[0]?.left ?? null
  return left === null ? null : Number(left)
}

/** What is told of a content that nobody who waits for it could keep. */
export const overQuota = (cause?: unknown): BackendError =>
  new BackendError('limit_bytes', 'The content is larger than the storage that is left.', { cause })

/** Storage goes while a fetch runs: to uploads, and to other fetches. What has brought more than is left by now ends. */
export class QuotaWatch implements Disposable {
  /** Bytes that have come so far. */
  bytes = 0
  readonly #own = new AbortController()
  readonly #timer: NodeJS.Timeout
  #isLooking = false

  /** @param left what is left; when it cannot be read, the next look will tell */
  constructor(left: () => Promise<number | null>, everyMs: number) {
    this.#timer = setInterval(() => void this.#look(left).catch(() => undefined), everyMs)
  }

  /** Its reason is a BackendError. */
  get signal(): AbortSignal {
    return this.#own.signal
  }

  async #look(left: () => Promise<number | null>): Promise<void> {
    if (this.#isLooking) return
    this.#isLooking = true
    try {
      const most = await left()
      if (most !== null && this.bytes > most) this.#own.abort(overQuota())
    } finally {
      this.#isLooking = false
    }
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer)
  }
}
