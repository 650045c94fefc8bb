import type { BlockStore } from '@packages/content/block-store/block-store'
import type { Database } from '@packages/db/open-database'
import type { MinimalLogger } from '@packages/runtime/minimal-logger'
import { parseCid } from '@packages/shared/cid'
import type { CID } from 'multiformats/cid'
import { confirmReplica } from '../confirm-replica.ts'
import { carForNodes, nameOnNodes } from '../copies/node-root.ts'
import { giveBackCopy } from '../give-back.ts'
import { BackendError, type FetchLimits, type PinBackend, type RootSource, type WantedRoot } from '../pin-backend.ts'
import { planRetry } from '../retry-plan.ts'
import type { RootLocks } from '../root-locks.ts'
import { type DueReplica, failReplica } from './due-replicas.ts'

export type CopyReplicaDeps = {
  db: Pick<Database, 'kysely' | 'unitOfWork'>
  backend: PinBackend
  /** The own store: what it holds is pushed from here. */
  store: Pick<BlockStore, 'hasRoot' | 'reader'>
  locks: RootLocks
  limits: FetchLimits
  logger: MinimalLogger
}

/** What would end the same is looked at again once in a while: somebody may have mended it. */
const HOPELESS_MS = 60 * 60_000

/** One try to make a copy. Never throws: what it cannot do is tried again. */
export const copyReplica = async (deps: CopyReplicaDeps, copy: DueReplica, signal: AbortSignal): Promise<void> => {
  const { contentId, nodeId, realm } = copy
  try {
    const cid = await cidThere(deps, copy, signal)
    const root: WantedRoot = { contentId, cid, network: realm, dagSize: copy.dagSize }
    await deps.locks.run(nodeId, cid, async () => {
      const source = sourceOf(deps, copy)
      const ensured = await deps.backend.ensure(nodeId, root, source, { limits: deps.limits, signal })
      const { result } = await deps.db.unitOfWork.run((uow) => confirmReplica(uow, { contentId, nodeId, ...ensured }))
      if (result === 'gone') await giveBackCopy(deps, { contentId, cid: parseCid(copy.cid), realm, nodeId })
    })
  } catch (error) {
    if (!(error instanceof BackendError) && !signal.aborted)
      deps.logger.error({ err: error, contentId, nodeId }, 'a copy could not be made')
    const failure = error instanceof BackendError ? error : new BackendError('node_error', 'The copy failed.')
    const tries = { ...copy, code: failure.code, retryable: failure.retryable, ageMs: 0 }
    const delayMs = signal.aborted ? 0 : (planRetry(tries, { giveUpMs: Number.POSITIVE_INFINITY }) ?? HOPELESS_MS)
    await failReplica(deps, copy, { message: failure.message, delayMs }).catch((cause: unknown) =>
      // Its lease runs out, and then it is taken again.
      deps.logger.warn({ err: cause, contentId, nodeId }, 'the end of a copy could not be noted'),
    )
  }
}

/** A private content gets its name on nodes from the own store, which has it until the first of them has confirmed it. */
const cidThere = async (deps: CopyReplicaDeps, copy: DueReplica, signal: AbortSignal): Promise<CID> => {
  if (copy.nodeCid !== null) return parseCid(copy.nodeCid)
  if (!deps.store.hasRoot(copy.contentId))
    throw new BackendError('no_providers', 'A private content is only where it was uploaded.')
  return nameOnNodes(deps, copy, signal)
}

const sourceOf = (deps: CopyReplicaDeps, copy: DueReplica): RootSource =>
  deps.store.hasRoot(copy.contentId) ? carForNodes(deps, copy) : { kind: 'nodes', holders: copy.holders }
