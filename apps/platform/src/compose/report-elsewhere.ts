import { readIdentity } from '@packages/content/block-store/store-file'
import { recordDamage } from '@packages/db/damaged-blocks'
import type { Database } from '@packages/db/open-database'
import type { MinimalLogger } from '@packages/runtime/minimal-logger'
import { canonicalCid, parseCid } from '@packages/shared/cid'

/** A block that is asked for again and again is written down once in this time. */
const AGAIN_MS = 60_000
const MAX_REMEMBERED = 10_000

/**
 * Reports damage from a process that does not hold the store's writer: as a row, which the writer's process finds. It looks at the block itself before it
 * believes the report.
 */
export const reportElsewhere = (
  storeDirectory: string,
  { db, logger }: { db: Pick<Database, 'unitOfWork'>; logger: MinimalLogger },
): ((cid: string) => void) => {
  const reported = new Map<string, number>()
  const write = async (cid: string): Promise<void> => {
    const identity = await readIdentity(storeDirectory)
    if (identity === undefined) return
    const damage = { realm: 'public', cid: canonicalCid(parseCid(cid)), reason: 'hash_mismatch' } as const
    await recordDamage(db.unitOfWork, { storeId: identity.id, ...damage })
  }
  return (cid) => {
    const now = performance.now()
    if (now < (reported.get(cid) ?? 0)) return
    if (reported.size >= MAX_REMEMBERED) reported.clear()
    reported.set(cid, now + AGAIN_MS)
    write(cid).catch((error: unknown) => logger.error({ err: error, cid }, 'a damaged block could not be written down'))
  }
}
