import { setTimeout as sleep } from 'node:timers/promises'
import { HoldfastError } from '@packages/shared/holdfast-error'
import { type Actor, NO_ORGANIZATION } from '../authorization/actor.ts'
import type { Action } from '../authorization/can.ts'

export type OpenRequestLimits = {
  openPerOrganization: number
  openPerProcess: number
  /** What a refused caller is told to wait. */
  retryAfterSeconds: number
}

/** Whose one is, and what for. */
export type OpenRequest = { actor: Actor; action: Action }

export type OpenRequestsDeps = {
  /** What they are, for who is refused one. */
  what: 'uploads' | 'downloads'
  /** Why it may not go on, by what is stored now; undefined: it may. */
  review(request: OpenRequest): Promise<HoldfastError | undefined>
  limits: OpenRequestLimits
  now?(): number
  /** Between tries of a review that fails. */
  pauseMs?: number
}

type Running = OpenRequest & { stop: (reason: HoldfastError) => void }

/** A request that was authorized before a change may begin to run after it: it finds the change for so long. */
const REMEMBERED_MS = 60_000
const REVIEWS = 3

/** Counts requests that may run for hours, uploads or downloads, in this process, and ends those that may not go on. */
export class OpenRequests {
  readonly #what: OpenRequestsDeps['what']
  readonly #review: OpenRequestsDeps['review']
  readonly #limits: OpenRequestLimits
  readonly #byOrganization = new Map<string, number>()
  readonly #open = new Set<Running>()
  /** By the id of what was closed or changed; without a reason it has to be asked for. */
  readonly #told = new Map<string, { reason: HoldfastError | undefined; until: number }>()
  readonly #now: () => number
  readonly #pauseMs: number
  #all = 0

  constructor({ what, review, limits, now = () => performance.now(), pauseMs = 500 }: OpenRequestsDeps) {
    this.#what = what
    this.#pauseMs = pauseMs
    this.#review = review
    this.#limits = limits
    this.#now = now
  }

  /**
   * Counts one more. @param stop called when whoever has it open may not any more @returns what ends it, to be called once
   * @throws HoldfastError why it was closed just now, `rate_limited` when the organization has too many, `unavailable` when all together have
   */
  begin(actor: Actor, action: Action, stop: (reason: HoldfastError) => void = () => {}): () => void {
    const group = groupOf(actor)
    const told = idsOf(actor)
      .flatMap((id) => this.#told.get(id) ?? [])
      .filter(({ until }) => until > this.#now())
    const closed = told.find(({ reason }) => reason !== undefined)
    if (closed?.reason !== undefined) throw closed.reason
    this.#admit(group)
    const request = { actor, action, stop }
    this.#open.add(request)
    if (told.length > 0) void this.#ask(request)
    return () => {
      this.#open.delete(request)
      this.#end(group)
    }
  }

  /** Ends those that run by a key or a session; their callers are told the reason, and so are those that begin just now. */
  close(id: string, reason: HoldfastError): void {
    for (const request of this.#tell(id, reason)) request.stop(reason)
  }

  /** Asks again of those that run of an organization, a user, or by a key: what they may has changed. */
  review(id: string): void {
    for (const request of this.#tell(id, undefined)) void this.#ask(request)
  }

  /** Remembers it; those that run of it. */
  #tell(id: string, reason: HoldfastError | undefined): Running[] {
    const now = this.#now()
    for (const [old, { until }] of this.#told) if (until <= now) this.#told.delete(old)
    this.#told.set(id, { reason, until: now + REMEMBERED_MS })
    return [...this.#open].filter(({ actor }) => idsOf(actor).includes(id))
  }

  /** When it cannot be found out, it is ended. */
  async #ask(request: Running): Promise<void> {
    for (let left = REVIEWS; this.#open.has(request); left--) {
      try {
        const reason = await this.#review(request)
        if (reason !== undefined && this.#open.has(request)) request.stop(reason)
        return
      } catch (cause) {
        if (left === 1) return request.stop(new HoldfastError('unavailable', { cause }))
        await sleep(this.#pauseMs, undefined, { ref: false })
      }
    }
  }

  #admit(group: string): void {
    const { openPerOrganization, openPerProcess, retryAfterSeconds } = this.#limits
    const headers = { 'retry-after': String(retryAfterSeconds) }
    const own = this.#byOrganization.get(group) ?? 0
    if (own >= openPerOrganization)
      throw new HoldfastError('rate_limited', {
        detail: `An organization may have ${openPerOrganization} ${this.#what} open at once.`,
        headers,
      })
    if (this.#all >= openPerProcess)
      throw new HoldfastError('unavailable', { detail: `Too many ${this.#what} run.`, headers })
    this.#byOrganization.set(group, own + 1)
    this.#all++
  }

  #end(group: string): void {
    this.#all--
    const left = (this.#byOrganization.get(group) ?? 0) - 1
    if (left > 0) this.#byOrganization.set(group, left)
    else this.#byOrganization.delete(group)
  }
}

/** People in no organization do not share a place: one of them would keep all others out. */
const groupOf = ({ organizationId, userId }: Actor): string =>
  organizationId === NO_ORGANIZATION ? userId : organizationId

const idsOf = ({ organizationId, userId, apiKeyId, sessionId }: Actor): string[] =>
  [organizationId, userId, apiKeyId, sessionId].filter((id) => id !== undefined)
