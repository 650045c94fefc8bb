import { setTimeout as sleep } from 'node:timers/promises'
import { HoldfastError } from '@packages/shared/holdfast-error'
import type { Actor } from '../authorization/actor.ts'
import type { Action } from '../authorization/can.ts'
import { UPLOAD_LIMITS } from './upload-limits.ts'

export type OpenUploadLimits = { openPerOrganization: number; openPerProcess: number; retryAfterSeconds: number }

/** Who sends one, and what for. */
export type RunningUpload = { actor: Actor; action: Action }

export type OpenUploadsDeps = {
  /** Why it may not go on, by what is stored now; undefined: it may. */
  review(upload: RunningUpload): Promise<HoldfastError | undefined>
  limits?: OpenUploadLimits
  now?(): number
  /** Between tries of a review that fails. */
  pauseMs?: number
}

type OpenUpload = RunningUpload & { stop: (reason: HoldfastError) => void }

/** A request that was authorized before a change may begin its upload after it: it finds the change for so long. */
const REMEMBERED_MS = 60_000
const REVIEWS = 3

/** Counts the uploads that run in this process, and ends those that may not go on. */
export class OpenUploads {
  readonly #review: OpenUploadsDeps['review']
  readonly #limits: OpenUploadLimits
  readonly #byOrganization = new Map<string, number>()
  readonly #open = new Set<OpenUpload>()
  /** By the id of what was closed or changed; without a reason it has to be asked for. */
  readonly #told = new Map<string, { reason: HoldfastError | undefined; until: number }>()
  readonly #now: () => number
  readonly #pauseMs: number
  #all = 0

  constructor({ review, limits = UPLOAD_LIMITS, now = () => performance.now(), pauseMs = 500 }: OpenUploadsDeps) {
    this.#pauseMs = pauseMs
    this.#review = review
    this.#limits = limits
    this.#now = now
  }

  /**
   * Counts one more. @param stop called when whoever sends it may not any more @returns what ends it, to be called once
   * @throws HoldfastError why it was closed just now, `rate_limited` when the organization has too many, `unavailable` when all together have
   */
  begin(actor: Actor, action: Action, stop: (reason: HoldfastError) => void = () => {}): () => void {
    const { organizationId } = actor
    const told = idsOf(actor)
      .flatMap((id) => this.#told.get(id) ?? [])
      .filter(({ until }) => until > this.#now())
    const closed = told.find(({ reason }) => reason !== undefined)
    if (closed?.reason !== undefined) throw closed.reason
    this.#admit(organizationId)
    const upload = { actor, action, stop }
    this.#open.add(upload)
    if (told.length > 0) void this.#ask(upload)
    return () => {
      this.#open.delete(upload)
      this.#end(organizationId)
    }
  }

  /** Ends those that run by a key or a session; their senders are told the reason, and so are those that begin just now. */
  close(id: string, reason: HoldfastError): void {
    for (const upload of this.#tell(id, reason)) upload.stop(reason)
  }

  /** Asks again of those that run of an organization, a user, or by a key: what they may has changed. */
  review(id: string): void {
    for (const upload of this.#tell(id, undefined)) void this.#ask(upload)
  }

  /** Remembers it; those that run of it. */
  #tell(id: string, reason: HoldfastError | undefined): OpenUpload[] {
    const now = this.#now()
    for (const [old, { until }] of this.#told) if (until <= now) this.#told.delete(old)
    this.#told.set(id, { reason, until: now + REMEMBERED_MS })
    return [...this.#open].filter(({ actor }) => idsOf(actor).includes(id))
  }

  /** When it cannot be found out, it is ended. */
  async #ask(upload: OpenUpload): Promise<void> {
    for (let left = REVIEWS; this.#open.has(upload); left--) {
      try {
        const reason = await this.#review(upload)
        if (reason !== undefined && this.#open.has(upload)) upload.stop(reason)
        return
      } catch (cause) {
        if (left === 1) return upload.stop(new HoldfastError('unavailable', { cause }))
        await sleep(this.#pauseMs, undefined, { ref: false })
      }
    }
  }

  #admit(organizationId: string): void {
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
  }

  #end(organizationId: string): void {
    this.#all--
    const left = (this.#byOrganization.get(organizationId) ?? 0) - 1
    if (left > 0) this.#byOrganization.set(organizationId, left)
    else this.#byOrganization.delete(organizationId)
  }
}

const idsOf = ({ organizationId, userId, apiKeyId, sessionId }: Actor): string[] =>
  [organizationId, userId, apiKeyId, sessionId].filter((id) => id !== undefined)
