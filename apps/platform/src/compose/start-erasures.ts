import type { BlockStore } from '@packages/content/block-store/block-store'
import type { UploadStaging } from '@packages/content/upload-staging/upload-staging'
import type { Database } from '@packages/db/open-database'
import type { Config } from '@packages/runtime/config'
import type { MasterKey } from '@packages/runtime/master-key'
import type { MinimalLogger } from '@packages/runtime/minimal-logger'
import { openMailOrNull } from '@packages/runtime/sealed-mail'
import type { ServiceStack } from '@packages/runtime/service-stack'
import { ErasureWorker } from '@services/ipfs-manager/erasure/erasure-worker'
import type { IpfsManager } from '@services/ipfs-manager/ipfs-manager'

/** What a compaction may read and write for an erasure where the daily one is turned off. */
const BYTES_PER_SECOND = 64 * 1024 * 1024

export type ErasureParts = {
  stack: ServiceStack
  db: Database
  logger: MinimalLogger
  masterKey: MasterKey
  store: BlockStore
  manager: IpfsManager
  staging: UploadStaging
  /** Lets go what was read from nodes. */
  evictCached: (() => Promise<unknown>) | undefined
}

/** Erasures go on in the process that owns the store. */
export const startErasures = async ({ compaction }: Pick<Config, 'compaction'>, parts: ErasureParts): Promise<void> => {
  const { stack, db, logger, masterKey, store, manager, staging, evictCached } = parts
  await stack.start(
    new ErasureWorker({
      db,
      store,
      logger,
      releases: manager.releases,
      evictCached,
      openMail: (payload) => openMailOrNull(masterKey, payload),
      removeStaged: async (ids) => {
        for (const id of ids) await staging.remove(id)
      },
      bytesPerSecond: compaction.bytesPerSecond > 0 ? compaction.bytesPerSecond : BYTES_PER_SECOND,
    }),
  )
}
