import type { Denylist } from '@apps/gateway/denylist/denylist'
import type { Database } from '@packages/db/open-database'
import type { CdnCache } from '@packages/runtime/config/cdn-caches'
import type { MinimalLogger } from '@packages/runtime/minimal-logger'
import type { ServiceStack } from '@packages/runtime/service-stack'
import { TAG_OF_ALL } from '@packages/shared/cache-tags'
import { CachePurges } from '../cdn/cache-purges.ts'
import type { CachePurger } from '../cdn/cache-purger.ts'
import { createCloudflarePurger } from '../cdn/cloudflare-purger.ts'
import { createVarnishPurger } from '../cdn/varnish-purger.ts'

/** Workers look every 400 ms, and a long list takes its time. */
const LISTS_READ_MS = 5_000

const purgerOf = (cache: CdnCache): CachePurger =>
  cache.kind === 'varnish' ? createVarnishPurger(cache) : createCloudflarePurger(cache)

/** Purges shared caches, where the operator has named some. What new rules of denylists deny is hashed by their authors, so all is let go then. */
export const startCachePurges = async (
  { cdnCaches }: { cdnCaches: readonly CdnCache[] },
  parts: {
    stack: Pick<ServiceStack, 'start'>
    db: Pick<Database, 'kysely' | 'listen'>
    denylist: Pick<Denylist, 'onChange'>
    logger: MinimalLogger
  },
): Promise<void> => {
  if (cdnCaches.length === 0) return
  const { stack, db, denylist, logger } = parts
  const purges = new CachePurges({ db, logger, purgers: cdnCaches.map(purgerOf) })
  await stack.start(purges)
  denylist.onChange((what) => {
    if (what === 'lists')
      purges
        .purge([TAG_OF_ALL], { delayMs: LISTS_READ_MS })
        .catch((err: unknown) => logger.error({ err }, 'caches were not told that denylists have changed'))
  })
}
