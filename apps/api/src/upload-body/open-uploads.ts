import { HoldfastError } from '@packages/shared/holdfast-error'
import { UPLOAD_LIMITS } from './upload-limits.ts'

export type OpenUploadLimits = { openPerOrganization: number; openPerProcess: number; retryAfterSeconds: number }

/** Counts the uploads that run in this process. */
export class OpenUploads {
  readonly #limits: OpenUploadLimits
  readonly #byOrganization = new Map<string, number>()
  #all = 0

  constructor(limits: OpenUploadLimits = UPLOAD_LIMITS) {
    this.#limits = limits
  }

  /**
   * Counts one more. @returns what ends it, to be called once
   * @throws HoldfastError `rate_limited` when the organization has too many, `unavailable` when all together have
   */
  begin(organizationId: string): () => void {
    const { openPerOrganization, openPerProcess, retryAfterSeconds } = this.#limits
    const headers = { 'retry-after': String(retryAfterSeconds) }
    const own = this.#byOrganization.get(organizationId) ?? 0
    if (own >= openPerOrganization)
      throw new HoldfastError('rate_limited', {
        detail: `An organization may have ${openPerOrganization} uploads open at once.`,
        headers,
      })
    if (this.#all >= openPerProcess)
      throw new HoldfastError('unavailable', { detail: 'Too many uploads run.', headers })
    this.#byOrganization.set(organizationId, own + 1)
    this.#all++
    return () => this.#end(organizationId)
  }

  #end(organizationId: string): void {
    this.#all--
    const left = (this.#byOrganization.get(organizationId) ?? 0) - 1
    if (left > 0) this.#byOrganization.set(organizationId, left)
    else this.#byOrganization.delete(organizationId)
  }
}
