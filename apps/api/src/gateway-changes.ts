import { createMemoryRateLimiter } from '@packages/runtime/memory-rate-limiter'
import { HoldfastError } from '@packages/shared/holdfast-error'

/** Of one organization, in each process. */
export const CHANGES_A_MINUTE = 300

/**
 * Changes that every worker of every gateway is told of and that stand in the logs for ever cost more than their request, whatever limits of requests the operator has
 * set. What ends somebody's access is never held up.
 */
export class GatewayChanges {
  readonly #limiter = createMemoryRateLimiter({ name: 'gateway-changes', limit: CHANGES_A_MINUTE, windowMs: 60_000 })

  /** @throws HoldfastError `rate_limited` */
  async take(organizationId: string): Promise<void> {
    const { allowed, resetMs } = await this.#limiter.consume(organizationId)
    if (allowed) return
    const detail = `Gateways and names of an organization are changed ${CHANGES_A_MINUTE} times a minute at most.`
    const headers = { 'retry-after': String(Math.max(1, Math.ceil(resetMs / 1_000))) }
    throw new HoldfastError('rate_limited', { detail, headers })
  }
}
