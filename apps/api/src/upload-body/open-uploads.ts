import type { Actor } from '../authorization/actor.ts'
import { HoldfastError } from '@packages/shared/holdfast-error'
import { UPLOAD_LIMITS } from './upload-limits.ts'

export type OpenUploadLimits = { openPerOrganization: number; openPerProcess: number; retryAfterSeconds: number }

/** Who sends one; of the credential one is there. */
export type Uploader = Pick<Actor, 'organizationId' | 'apiKeyId' | 'sessionId'>

type OpenUpload = { uploader: Uploader; stop: (reason: HoldfastError) => void }

/** A request that was authorized before a closing may begin its upload after it: it finds the closing for so long. */
const REMEMBERED_MS = 60_000

/** Counts the uploads that run in this process, and can end them. */
export class OpenUploads {
  readonly #limits: OpenUploadLimits
  readonly #byOrganization = new Map<string, number>()
  readonly #open = new Set<OpenUpload>()
  readonly #closed = new Map<string, { reason: HoldfastError; until: number }>()
  readonly #now: () => number
  #all = 0

  constructor(limits: OpenUploadLimits = UPLOAD_LIMITS, now: () => number = () => performance.now()) {
    this.#limits = limits
    this.#now = now
  }

  /**
   * Counts one more. @param stop called when whoever sends it may not any more @returns what ends it, to be called once
   * @throws HoldfastError why it was closed just now, `rate_limited` when the organization has too many, `unavailable` when all together have
   */
  begin(uploader: Uploader, stop: (reason: HoldfastError) => void = () => {}): () => void {
    const { organizationId } = uploader
    for (const id of idsOf(uploader)) {
      const closed = this.#closed.get(id)
      if (closed !== undefined && closed.until > this.#now()) throw closed.reason
    }
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
    const upload = { uploader, stop }
    this.#open.add(upload)
    return () => {
      this.#open.delete(upload)
      this.#end(organizationId)
    }
  }

  /** Ends those that run of an organization, a key or a session; their senders are told the reason, and so are those that begin just now. */
  close(id: string, reason: HoldfastError): void {
    const now = this.#now()
    for (const [old, { until }] of this.#closed) if (until <= now) this.#closed.delete(old)
    this.#closed.set(id, { reason, until: now + REMEMBERED_MS })
    for (const { uploader, stop } of this.#open) if (idsOf(uploader).includes(id)) stop(reason)
  }

  reopen(id: string): void {
    this.#closed.delete(id)
  }

  #end(organizationId: string): void {
    this.#all--
    const left = (this.#byOrganization.get(organizationId) ?? 0) - 1
    if (left > 0) this.#byOrganization.set(organizationId, left)
    else this.#byOrganization.delete(organizationId)
  }
}

const idsOf = ({ organizationId, apiKeyId, sessionId }: Uploader): string[] =>
  [organizationId, apiKeyId, sessionId].filter((id) => id !== undefined)
