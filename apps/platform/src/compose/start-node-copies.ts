import type { FarBlocks } from '@packages/content/block-sources/read-through'
import type { BlockStore } from '@packages/content/block-store/block-store'
import type { IngestCommitter } from '@packages/db/ingest-committer'
import type { Config } from '@packages/runtime/config'
import type { ServiceStack } from '@packages/runtime/service-stack'
import { freeSpaceOf } from '@apps/api/features/files/free-space'
import { CopyingCommitter, type CopyingCommitterDeps } from '@services/ipfs-manager/copies/copying-committer'
import { DefaultZones } from '@services/ipfs-manager/copies/default-zones'
import { HomeCopies, type HomeCopiesDeps } from '@services/ipfs-manager/copies/home-copies'
import { NodeCopies, type NodeCopiesDeps } from '@services/ipfs-manager/copies/node-copies'
import { OwnSpace, type OwnSpaceDeps, roomAbove } from '@services/ipfs-manager/copies/own-space'
import type { PinBackend } from '@services/ipfs-manager/pin-backend'
import { IdleRest } from '@services/ipfs-manager/idle-rest'
import { RepeatingTask } from '@services/ipfs-manager/repeating-task'
import { startReadThrough } from './start-read-through.ts'

type StartDeps = NodeCopiesDeps &
  Pick<OwnSpaceDeps, 'gate'> &
  Omit<HomeCopiesDeps, 'hasRoom'> &
  Pick<CopyingCommitterDeps, 'committer'> & { stack: ServiceStack; store: BlockStore; backend: PinBackend }

export type StartedCopies = {
  committer: Pick<IngestCommitter, 'commit'>
  far: FarBlocks | null
  /** Lets go what was read from nodes. */
  evictCached?: () => Promise<unknown>
}

const HOME_EVERY_MS = 1_000
const SPACE_EVERY_MS = 5_000
const STOP_MS = 1_500

/**
 * With nodes besides the own store: who writes uploads down once nodes have confirmed them, who brings home what only nodes have, who lets go what they have when the
 * disk is short, and who reads that from them.
 */
export const startNodeCopies = async (
  config: Config,
  { stack, committer, ...deps }: StartDeps,
): Promise<StartedCopies> => {
  const { ipfs, dataDir, compaction, limits } = config
  if (ipfs.backend === 'embedded') {
    if (ipfs.leaving.length === 0) return { committer, far: null }
    // Until it has come home, what only the nodes have is read from them; nothing of it is kept twice.
    const { store, backend, logger } = deps
    const { far } = await startReadThrough({ stack, store, backend, cacheBytes: 0, hasRoom: async () => false, logger })
    return { committer, far }
  }
  const copies = await stack.acquire(
    'copies on nodes',
    async () => new NodeCopies(deps),
    async (opened) => opened.stop(),
  )
  const { logger, store, backend } = deps
  const { evictBelowBytes: belowBytes, cacheBytes, ackCopies } = ipfs
  const freeSpace = freeSpaceOf(dataDir)
  const hasRoom = roomAbove(freeSpace, Math.max(belowBytes, limits.minFreeBytes))
  const { far, cache } = await startReadThrough({ stack, store, backend, cacheBytes, hasRoom, logger })
  const { bytesPerSecond } = compaction
  const space = new OwnSpace({ ...deps, cache, leastCopies: ackCopies, freeSpace, belowBytes, bytesPerSecond })
  const home = new HomeCopies({ ...deps, hasRoom })
  const [homecoming, lettingGo] = [new IdleRest(), new IdleRest()]
  const tasks = [
    new RepeatingTask({
      name: 'bring content home',
      everyMs: HOME_EVERY_MS,
      run: (signal) => homecoming.run(() => home.turn(signal)),
      logger,
    }),
    new RepeatingTask({
      name: 'let go what nodes have',
      everyMs: SPACE_EVERY_MS,
      run: (signal) =>
        lettingGo.run(async () => {
          const { cached, contents } = await space.turn(signal)
          return cached + contents
        }),
      logger,
    }),
  ]
  await stack.start({
    name: 'home copies',
    start: async () => {
      for (const task of tasks) task.start()
    },
    stop: async () => void (await Promise.all(tasks.map((task) => task.stop()))),
    stopTimeoutMs: STOP_MS,
  })
  const { of: zonesOf } = new DefaultZones(deps.db)
  const copying = new CopyingCommitter({ committer, copies, store, zonesOf, ackCopies })
  return { committer: copying, far, evictCached: () => cache.evict(0) }
}
