import { fileTooLarge, storageUsedUp, tooManyFiles } from '@packages/db/plan-refusals'
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

type Admission = { until: number; maxFileBytes: number | null }

/**
 * Turns uploads of organizations at a limit of theirs away before a byte is read. A look at the database for each one
 * would cost as much as all the rest of a small upload (ADR 0018), so being let in holds for a second: the commit
 * decides for good anyway. Being refused never holds, so that freed space counts at once.
 */
export class QuotaGate {
  readonly #kysely: Kysely<Tables>
  readonly #ttlMs: number
  readonly #now: () => number
  /** By organization; oldest first. */
  readonly #admitted = new Map<string, Admission>()
  readonly #looking = new Map<string, Promise<Admission | HoldfastError>>()

  constructor(kysely: Kysely<Tables>, { ttlMs = TTL_MS, now = () => performance.now() }: QuotaGateOptions = {}) {
    this.#kysely = kysely
    this.#ttlMs = ttlMs
    this.#now = now
  }

  /**
   * @param atLeast bytes that the upload has for certain
   * @returns the most bytes that one file may have; null without a limit
   * @throws HoldfastError `quota_exceeded`, `payload_too_large`
   */
  async admit(organizationId: string, atLeast = 0): Promise<number | null> {
    const { maxFileBytes } = await this.#admissionOf(organizationId)
    if (maxFileBytes !== null && atLeast > maxFileBytes) throw fileTooLarge(maxFileBytes)
    return maxFileBytes
  }

  async #admissionOf(organizationId: string): Promise<Admission> {
    const known = this.#admitted.get(organizationId)
    if (known !== undefined && known.until > this.#now()) return known
    // A look that began before this call can only tell good news.
    const shared = await this.#looking.get(organizationId)?.catch(() => undefined)
    if (shared !== undefined && !(shared instanceof HoldfastError)) return shared
    const look = this.#look(organizationId).finally(() => this.#looking.delete(organizationId))
    this.#looking.set(organizationId, look)
    const found = await look
    if (found instanceof HoldfastError) throw found
    return found
  }

  async #look(organizationId: string): Promise<Admission | HoldfastError> {
    const started = this.#now()
    const row = await this.#kysely
      .selectFrom('organization_limits as l')
      .leftJoin('usage as u', 'u.organization_id', 'l.organization_id')
      .select(['l.storage_bytes', 'l.files', 'l.max_file_bytes', 'u.stored_bytes', 'u.files as used_files'])
      .where('l.organization_id', '=', organizationId)
      .executeTakeFirst()
    this.#admitted.delete(organizationId)
    const { storage_bytes: storage = null, files = null } = row ?? {}
    if (storage !== null && (row?.stored_bytes ?? 0) >= storage) return storageUsedUp()
    if (files !== null && (row?.used_files ?? 0) >= files) return tooManyFiles(files)
    const admission = { until: started + this.#ttlMs, maxFileBytes: row?.max_file_bytes ?? null }
    this.#admitted.set(organizationId, admission)
    const oldest = this.#admitted.keys().next().value
    if (this.#admitted.size > MAX_ORGANIZATIONS && oldest !== undefined) this.#admitted.delete(oldest)
    return admission
  }
}
