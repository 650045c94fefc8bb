import type { Database } from '@packages/db/open-database'
import type { Config } from '@packages/runtime/config'
import type { MasterKey } from '@packages/runtime/master-key'
import type { MinimalLogger } from '@packages/runtime/minimal-logger'
import type { Service } from '@packages/runtime/service'
import { warnOfEndingNames } from '@services/ipfs-manager/names/warn-of-ending-names'
import { RepeatingTask } from '@services/ipfs-manager/repeating-task'

const EVERY_MS = 15 * 60_000
/** Soon, for a platform that is started anew every few minutes. */
const FIRST_MS = 60_000

/** Warns of IPNS records before they end, by mail where there is some. */
export const endingNames = (
  { mail, publicUrl }: Pick<Config, 'mail' | 'publicUrl'>,
  deps: { db: Database; masterKey: MasterKey; logger: MinimalLogger },
): Service => {
  const run = async (signal: AbortSignal): Promise<void> => {
    await warnOfEndingNames({ ...deps, mail: mail === null ? null : { publicUrl } }, signal)
  }
  const task = new RepeatingTask({ name: 'ending names', everyMs: EVERY_MS, run, logger: deps.logger })
  return { name: 'ending names', start: async () => task.start(FIRST_MS), stop: () => task.stop() }
}
