import type { Tables } from '@packages/db/tables'
import { HoldfastError } from '@packages/shared/holdfast-error'
import type { Kysely } from 'kysely'
import { countOpenUploads } from './repository.ts'

/** Uploads of an organization that are begun and not finished, whether bytes are coming or not. */
export const MAX_UNFINISHED_UPLOADS = 10_000
/** Counting that many rows takes milliseconds: between two counts what this process adds is reckoned. */
const RECOUNT_MS = 5_000

export class OpenUploadCount {
  readonly #kysely: Kysely<Tables>
  readonly #max: number
  readonly #known = new Map<string, { count: number; at: number }>()

  constructor(kysely: Kysely<Tables>, max: number = MAX_UNFINISHED_UPLOADS) {
    this.#kysely = kysely
    this.#max = max
  }

  /** Takes one more. @throws HoldfastError `rate_limited` when the organization has too many */
  async add(organizationId: string): Promise<void> {
    let known = this.#known.get(organizationId)
    const now = performance.now()
    if (known === undefined || now - known.at > RECOUNT_MS || known.count >= this.#max) {
      this.#forgetOld(now)
      known = { count: await countOpenUploads(this.#kysely, organizationId, this.#max), at: now }
      this.#known.set(organizationId, known)
    }
    if (known.count >= this.#max)
      throw new HoldfastError('rate_limited', {
        detail: `An organization may have ${this.#max} unfinished uploads: finish, end or let expire some of them.`,
        headers: { 'retry-after': '60' },
      })
    known.count++
  }

  #forgetOld(now: number): void {
    for (const [organizationId, { at }] of this.#known) if (now - at > RECOUNT_MS) this.#known.delete(organizationId)
  }
}
