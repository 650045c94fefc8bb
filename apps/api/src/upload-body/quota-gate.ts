import type { Tables } from '@packages/db/tables'
import { HoldfastError } from '@packages/shared/holdfast-error'
import type { Kysely } from 'kysely'

export type QuotaGateOptions = {
  /** How long an organization that was let in is let in without looking. */
  ttlMs?: number
  /** Milliseconds of a clock that only goes forward. */
  now?: () => number
}

const TTL_MS = 1_000
const MAX_ORGANIZATIONS = 10_000

/**
 * Turns uploads of organizations at their storage limit away before a byte is read. A look at the database for each one
 * would cost as much as all the rest of a small upload (ADR 0018), so being let in holds for a second: the commit
 * decides for good anyway. Being refused never holds, so that freed space counts at once.
 */
export class QuotaGate {
  readonly #kysely: Kysely<Tables>
  readonly #ttlMs: number
  readonly #now: () => number
  /** Until when, by organization; oldest first. */
  readonly #admitted = new Map<string, number>()
  readonly #looking = new Map<string, Promise<boolean>>()

  constructor(kysely: Kysely<Tables>, { ttlMs = TTL_MS, now = () => performance.now() }: QuotaGateOptions = {}) {
    this.#kysely = kysely
    this.#ttlMs = ttlMs
    this.#now = now
  }

  /** @throws HoldfastError `quota_exceeded` */
  async admit(organizationId: string): Promise<void> {
    if ((this.#admitted.get(organizationId) ?? Number.NEGATIVE_INFINITY) > this.#now()) return
    // A look that began before this call can only tell good news.
    if (await this.#looking.get(organizationId)) return
    const look = this.#hasRoom(organizationId)
    const shared = look.catch(() => false).finally(() => this.#looking.delete(organizationId))
    this.#looking.set(organizationId, shared)
    if (!(await look)) throw new HoldfastError('quota_exceeded')
  }

  async #hasRoom(organizationId: string): Promise<boolean> {
    const started = this.#now()
    const row = await this.#kysely
      .selectFrom('organizations')
      .leftJoin('usage', 'usage.organization_id', 'organizations.id')
      .select(['organizations.storage_limit', 'usage.stored_bytes'])
      .where('organizations.id', '=', organizationId)
      .executeTakeFirst()
    const limit = row?.storage_limit ?? null
    this.#admitted.delete(organizationId)
    if (limit !== null && (row?.stored_bytes ?? 0) >= limit) return false
    this.#admitted.set(organizationId, started + this.#ttlMs)
    const oldest = this.#admitted.keys().next().value
    if (this.#admitted.size > MAX_ORGANIZATIONS && oldest !== undefined) this.#admitted.delete(oldest)
    return true
  }
}
