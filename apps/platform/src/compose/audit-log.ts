import { AuditSealer } from '@packages/db/audit/audit-sealer'
import { auditSigningKey, headsPath, SignedHeads } from '@packages/db/audit/signed-heads'
import type { Database } from '@packages/db/open-database'
import type { Config } from '@packages/runtime/config'
import type { MasterKey } from '@packages/runtime/master-key'
import type { MinimalLogger } from '@packages/runtime/minimal-logger'
import type { Service } from '@packages/runtime/service'
import { RepeatingTask } from '@services/ipfs-manager/repeating-task'

const SEAL_EVERY_MS = 5_000
const PRUNE_EVERY_MS = 60 * 60_000

/**
 * Chains the audit log's new rows and signs their end, all 5 s and once more at the stop; takes old rows away. Heads that another
 * key has signed stop that, not the platform: the log says so at each run.
 */
export const auditLog = (
  { dataDir, auditRetentionMs }: Config,
  { db, logger, masterKey }: { db: Database; logger: MinimalLogger; masterKey: MasterKey },
): Service => {
  let opened: AuditSealer | undefined
  const open = async (): Promise<AuditSealer> => {
    const heads = await SignedHeads.open(headsPath(dataDir), auditSigningKey(masterKey))
    return (opened ??= new AuditSealer({ kysely: db.kysely, heads }))
  }
  const seal = async (signal?: AbortSignal): Promise<void> => void (await (opened ?? (await open())).seal(signal))
  const prune = async (signal: AbortSignal): Promise<void> => {
    const sealer = opened ?? (await open())
    const pruned = await sealer.prune(new Date(Date.now() - auditRetentionMs), signal)
    if (pruned > 0) logger.info({ rows: pruned }, 'old rows of the audit log were deleted')
  }
  const tasks = [
    new RepeatingTask({ name: 'audit log: seal', everyMs: SEAL_EVERY_MS, run: seal, logger }),
    new RepeatingTask({ name: 'audit log: retention', everyMs: PRUNE_EVERY_MS, run: prune, logger }),
  ]
  return {
    name: 'audit log',
    start: async () => tasks.forEach((task) => task.start()),
    stop: async () => {
      for (const task of tasks) await task.stop()
      await seal().catch((error: unknown) => logger.error({ err: error }, 'the end of the audit log was not sealed'))
    },
  }
}
