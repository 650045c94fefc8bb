import type { Content } from '../content/content.ts'
import type { ContentSlice, ResponsePlan } from '../plan/response-plan.ts'
import type { RequestHeaders } from '../request/read-headers.ts'
import { EXPLICIT } from '../request/negotiate-format.ts'
import { WeightedCache } from '../content/weighted-cache.ts'
import type { Basis } from './response.ts'

/** A plan without the content that it sends: that belongs to the file cache, and must not outlive it here. */
export type WarmPlan = { plan: ResponsePlan & { body: null }; slice: Omit<ContentSlice, 'content'>; basis: Basis }

/** About what an entry costs beside its address: headers and bookkeeping. */
const ENTRY_BYTES = 1500

/** Headers on which the answer to a plain GET does not depend. */
export const isPlain = (headers: RequestHeaders): boolean =>
  headers.range === undefined &&
  headers.ifNoneMatch === undefined &&
  headers.ifMatch === undefined &&
  headers.serviceWorker === undefined &&
  !headers.hasBody &&
  (headers.accept === undefined || !EXPLICIT.test(headers.accept))

/**
 * Ready-made plans of plain GETs by the address as it was written. An entry only saves making the plan again: the
 * handler asks the index, the file cache and the names before it uses one, and keeps none when other rules are in force.
 */
export class WarmPlans {
  readonly #plans: WeightedCache<WarmPlan>

  constructor(limitBytes: number) {
    this.#plans = new WeightedCache(limitBytes)
  }

  get(target: string): WarmPlan | undefined {
    return this.#plans.get(target)
  }

  /** Only of what the file cache has: nothing else can be answered by it. */
  set(target: string, plan: ResponsePlan, { basis, cached }: { basis: Basis; cached: Content | undefined }): void {
    const { body } = plan
    if (body === null || !('content' in body) || body.content !== cached) return
    const { start, end } = body
    this.#plans.set(
      target,
      { plan: { ...plan, body: null }, slice: { start, end }, basis },
      ENTRY_BYTES + target.length,
    )
  }

  delete(target: string): void {
    this.#plans.delete(target)
  }

  clear(): void {
    this.#plans.clear()
  }
}
