import type { Config } from '@packages/runtime/config'
import type { Figure } from '@packages/runtime/metrics/figures'
import type { MinimalLogger } from '@packages/runtime/minimal-logger'
import { RedisConnection } from '@packages/runtime/redis/redis-connection'
import type { ServiceStack } from '@packages/runtime/service-stack'

export type SharedRedis = {
  connection: RedisConnection
  /** How often a limit was counted in memory because Redis was lost. */
  fallbacks: number
}

/** @returns null when `REDIS_URL` is not set @throws StartError when it cannot be used */
export const startRedis = async (
  { redis }: Pick<Config, 'redis'>,
  { stack, logger }: { stack: ServiceStack; logger: MinimalLogger },
): Promise<SharedRedis | null> => {
  if (redis === null) return null
  const connection = await stack.acquire(
    'redis',
    () => RedisConnection.open(redis, logger),
    async (open) => open.stop(),
  )
  return { connection, fallbacks: 0 }
}

export const REDIS_FIGURES: readonly Figure[] = [
  { name: 'holdfast_redis_up', help: 'Whether Redis answers.', kind: 'gauge' },
  { name: 'holdfast_redis_lost_total', help: 'How often Redis was lost.', kind: 'counter' },
  {
    name: 'holdfast_rate_limit_fallbacks_total',
    help: 'How often a limit was counted in memory because Redis was lost.',
    kind: 'counter',
  },
]

export const readRedis = ({ connection, fallbacks }: SharedRedis): Record<string, number> => {
  const { up, losses } = connection.state
  return {
    holdfast_redis_up: up ? 1 : 0,
    holdfast_redis_lost_total: losses,
    holdfast_rate_limit_fallbacks_total: fallbacks,
  }
}
