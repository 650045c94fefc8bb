import type { RateLimiter } from '@packages/runtime/rate-limiter'
import { HoldfastError } from '@packages/shared/holdfast-error'

/** Of one organization. */
export const GATEWAY_CHANGES = { name: 'gateway-changes', limit: 300, windowMs: 60_000 } as const

/**
 * Changes that every worker of every gateway is told of and that stand in the logs for ever cost more than their request, whatever limits of requests the operator has
 * set. What ends somebody's access is never held up.
 */
export class GatewayChanges {
  readonly #limiter: RateLimiter

  /** @param limiter counts `GATEWAY_CHANGES` */
  constructor(limiter: RateLimiter) {
    this.#limiter = limiter
  }

  /** @throws HoldfastError `rate_limited` */
  async take(organizationId: string): Promise<void> {
    const { allowed, resetMs } = await this.#limiter.consume(organizationId)
    if (allowed) return
    const detail = `Gateways and names of an organization are changed ${GATEWAY_CHANGES.limit} times a minute at most.`
    const headers = { 'retry-after': String(Math.max(1, Math.ceil(resetMs / 1_000))) }
    throw new HoldfastError('rate_limited', { detail, headers })
  }
}
