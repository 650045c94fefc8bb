import type { IngestCommitter } from '@packages/db/ingest-committer'
import type { Config } from '@packages/runtime/config'
import type { ServiceStack } from '@packages/runtime/service-stack'
import { CopyingCommitter, type CopyingCommitterDeps } from '@services/ipfs-manager/copies/copying-committer'
import { HomeCopies, type HomeCopiesDeps } from '@services/ipfs-manager/copies/home-copies'
import { NodeCopies, type NodeCopiesDeps } from '@services/ipfs-manager/copies/node-copies'
import { RepeatingTask } from '@services/ipfs-manager/repeating-task'

type StartDeps = NodeCopiesDeps &
  HomeCopiesDeps &
  Pick<CopyingCommitterDeps, 'committer' | 'store'> & { stack: ServiceStack }

const HOME_EVERY_MS = 1_000
const STOP_MS = 1_500

/** With nodes besides the own store: who writes uploads down once nodes have confirmed them, and who brings home what only nodes have. */
export const startNodeCopies = async (
  { ipfs }: Config,
  { stack, committer, ...deps }: StartDeps,
): Promise<Pick<IngestCommitter, 'commit'>> => {
  if (ipfs.backend === 'embedded') return committer
  const copies = await stack.acquire(
    'copies on nodes',
    async () => new NodeCopies(deps),
    async (opened) => opened.stop(),
  )
  const home = new HomeCopies(deps)
  const { logger } = deps
  const run = (signal: AbortSignal) => home.turn(signal)
  const task = new RepeatingTask({ name: 'bring content home', everyMs: HOME_EVERY_MS, run, logger })
  await stack.start({
    name: 'home copies',
    start: async () => task.start(),
    stop: () => task.stop(),
    stopTimeoutMs: STOP_MS,
  })
  return new CopyingCommitter({ committer, copies, store: deps.store, ackCopies: ipfs.ackCopies })
}
