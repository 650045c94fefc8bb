import type { Database } from '@packages/db/open-database'
import type { MinimalLogger } from '@packages/runtime/minimal-logger'
import type { Service } from '@packages/runtime/service'
import { RepeatingTask } from '@services/ipfs-manager/repeating-task'
import { prune, type RetentionConfig } from './retention.ts'

const EVERY_MS = 15 * 60_000
/** Soon, for a platform that is started anew every few minutes. */
const FIRST_MS = 60_000

/** Takes away what has been kept long enough. */
export const housekeeping = (
  config: RetentionConfig,
  { db, logger }: { db: Database; logger: MinimalLogger },
): Service => {
  const run = (signal: AbortSignal): Promise<void> => prune(config, db, signal)
  const task = new RepeatingTask({ name: 'housekeeping', everyMs: EVERY_MS, run, logger })
  return { name: 'housekeeping', start: async () => task.start(FIRST_MS), stop: () => task.stop() }
}
