import { type NameQuota, NO_NAME_QUOTA } from '@apps/gateway/names/look-up-places'
import { CLIENTS_OF_NETWORK } from '@apps/gateway/primary/network-reader'
import type { Config } from '@packages/runtime/config'
import { insuredLimiter } from './api-rate-limiters.ts'
import type { SharedRedis } from './start-redis.ts'

const WINDOW_MS = 60_000

/** What one client may have looked up of names in a minute, and all of an IPv6 /48 together. */
export const nameQuotaOf = (
  { gatewayNameQuota: limit }: Pick<Config, 'gatewayNameQuota'>,
  { redis }: { redis: SharedRedis | null },
): NameQuota =>
  limit === 0
    ? NO_NAME_QUOTA
    : {
        client: insuredLimiter(redis, { name: 'names-client', limit, windowMs: WINDOW_MS }),
        wider: insuredLimiter(redis, { name: 'names-network', limit: limit * CLIENTS_OF_NETWORK, windowMs: WINDOW_MS }),
      }
