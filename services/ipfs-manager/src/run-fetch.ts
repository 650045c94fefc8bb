import type { Database } from '@packages/db/open-database'
import { parseCid } from '@packages/shared/cid'
import type { MinimalLogger } from '@packages/runtime/minimal-logger'
import { sql } from 'kysely'
import type { CID } from 'multiformats/cid'
import { confirmReplica } from './confirm-replica.ts'
import { noteReleased } from './garbage/collect-garbage.ts'
import type { FetchQueue, TakenFetch } from './fetch-queue.ts'
import { BrokenOff } from './garbage/node-gate.ts'
import { giveBackCopy } from './give-back.ts'
import { giveBackIfThere } from './give-back-if-there.ts'
import { BackendError, type FetchLimits, type PinBackend, type WantedRoot } from './pin-backend.ts'
import { overQuota, QuotaWatch, storageLeft } from './quota-watch.ts'
import { liveTwin } from './replication/live-twin.ts'
import type { RootLocks } from './root-locks.ts'
import { planRetry, type RetryLimits } from './retry-plan.ts'

export type RunFetchDeps = {
  db: Pick<Database, 'kysely' | 'unitOfWork'>
  backend: PinBackend
  queue: FetchQueue
  /** The node that the first copy goes to, if there is one. */
  nodeFor(root: WantedRoot, zones: readonly string[]): Promise<string | undefined>
  limits: FetchLimits
  /** How often it is looked at how much storage is left to those who wait. */
  quotaEveryMs: number
  retry: RetryLimits
  /** What the operator has denied, which may be after it was pinned; nothing by default. */
  isDenied?: IsDenied
  locks: RootLocks
  logger: MinimalLogger
}

export type IsDenied = (cid: CID) => boolean

/** Why a fetch was called off: nobody waits for it any more, or the content has come by itself. */
export class FetchCancelled extends Error {
  override readonly name = 'FetchCancelled'
}
/** The process stops: it was no try. */
export class FetchInterrupted extends Error {
  override readonly name = 'FetchInterrupted'
}

const MAX_ORIGINS = 20
/** Collecting the garbage of a node takes some seconds. */
const BROKEN_OFF_MS = 30_000

type Wanted = {
  root: WantedRoot
  realm: string
  zones: string[]
  origins: string[]
  maxBytes: number
  maxBytesIsQuota: boolean
}

/** One try of one fetch, from its lease to what is written about its end. Never throws: what it cannot do is tried again. */
export const runFetch = async (deps: RunFetchDeps, taken: TakenFetch, signal: AbortSignal): Promise<void> => {
  const { contentId } = taken
  try {
    const wanted = await readWanted(deps, contentId)
    if (wanted === undefined) return
    await bring(deps, wanted, signal)
  } catch (error) {
    await settle(deps, taken, error, signal).catch((cause: unknown) =>
      // Its lease runs out, and then it is taken again.
      deps.logger.warn({ err: cause, contentId }, 'the end of a fetch could not be noted'),
    )
  }
}

const denied = (): BackendError => new BackendError('denied', 'The operator of this platform has denied the content.')

const bring = async (deps: RunFetchDeps, wanted: Wanted, signal: AbortSignal): Promise<void> => {
  const { backend, queue, logger } = deps
  const { root, origins } = wanted
  const { contentId } = root
  if (deps.isDenied?.(root.cid) === true) throw denied()
  const nodeId = await deps.nodeFor(root, wanted.zones)
  if (nodeId === undefined) throw new BackendError('node_down', 'No node can take the content now.')
  const limits = { ...deps.limits, maxBytes: wanted.maxBytes }
  using quota = new QuotaWatch(() => storageLeft(deps.db, contentId), deps.quotaEveryMs)
  let telling: Promise<void> = Promise.resolve()
  const onProgress: Parameters<PinBackend['ensure']>[3]['onProgress'] = (progress) => {
    quota.bytes = progress.bytes
    telling = telling
      .then(() => queue.progress(contentId, nodeId, progress))
      .catch((error: unknown) => logger.debug({ err: error, contentId }, 'progress was not noted'))
  }
  try {
    const source = { kind: 'network', origins } as const
    await deps.locks.run(nodeId, root.cid, async () => {
      const until = AbortSignal.any([signal, quota.signal])
      const ensured = await backend.ensure(nodeId, root, source, { limits, onProgress, signal: until })
      const release = async (keep: string | null = null): Promise<void> => {
        if (ensured.isForeign) return
        await backend.release(nodeId, root, { keep, signal })
        if (backend.kind === 'kubo') await noteReleased(nodeId, ensured.dagSize).execute(deps.db.kysely)
      }
      if (deps.isDenied?.(root.cid) === true) {
        // It may have come here by itself before it was this fetch's turn: then it is a copy that somebody counts on.
        const keep = await liveTwin(deps, { nodeId, cid: root.cid.toString(), realm: wanted.realm })
        if (keep !== contentId) await release(keep)
        throw denied()
      }
      const copy = { contentId, nodeId, ...ensured, mustFit: true }
      const { result } = await deps.db.unitOfWork.run((uow) => confirmReplica(uow, copy))
      if (result === 'too large') {
        await release()
        throw overQuota()
      }
      if (result === 'gone') await giveBackCopy(deps, { ...root, realm: wanted.realm, nodeId })
    })
  } catch (error) {
    if (error instanceof BackendError && error.code === 'limit_bytes') {
      // What it brought lies there without a pin.
      if (backend.kind === 'kubo') await noteReleased(nodeId, quota.bytes).execute(deps.db.kysely)
      if (wanted.maxBytesIsQuota) throw overQuota(error)
    }
    // It may be there all the same: the node has the last word.
    if (signal.aborted && signal.reason instanceof FetchCancelled)
      await giveBackIfThere(deps, { root, realm: wanted.realm, nodeId, bytes: quota.bytes })
    throw error
  } finally {
    await telling
  }
}

const settle = async (deps: RunFetchDeps, taken: TakenFetch, error: unknown, signal: AbortSignal): Promise<void> => {
  const { queue, logger } = deps
  const { contentId } = taken
  if (signal.aborted && signal.reason instanceof FetchCancelled) return
  if (signal.aborted) return queue.putBack(contentId, { delayMs: 0 })
  // It was no try: the node had to have its turn.
  if (error instanceof BrokenOff) return queue.putBack(contentId, { delayMs: BROKEN_OFF_MS })
  const failure =
    error instanceof BackendError ? error : new BackendError('node_error', 'The platform failed.', { cause: error })
  if (!(error instanceof BackendError)) logger.error({ err: error, contentId }, 'a fetch failed')
  const told = { code: failure.code, message: failure.message }
  const delayMs = planRetry({ ...taken, code: failure.code, retryable: failure.retryable }, deps.retry)
  if (delayMs === undefined) await queue.giveUp(contentId, told)
  else await queue.putBack(contentId, { delayMs, failure: told })
}

/**
 * What is to be fetched, and how much of it: as much as the organization with the most storage left could keep. Undefined when nobody waits for it any
 * more.
 */
const readWanted = async (deps: RunFetchDeps, contentId: string): Promise<Wanted | undefined> => {
  const { rows } = await sql<{ cid: string; realm: string; zones: string[]; origins: string[] }>`
    select c.cid, c.realm, c.zones,
      array(
        select distinct o from pins p, unnest(p.origins) o where p.content_id = c.id limit ${MAX_ORIGINS}
      ) as origins
    from contents c where c.id = ${contentId} and c.state = 'wanted'
  `.execute(deps.db.kysely)
  const [row] = rows
  if (row === undefined) return undefined
  const network = row.realm === 'private' ? 'private' : 'public'
  const left = await storageLeft(deps.db, contentId)
  const isQuota = left !== null && left < deps.limits.maxBytes
  return {
    root: { contentId, cid: parseCid(row.cid), network, dagSize: null },
    realm: row.realm,
    zones: row.zones,
    origins: row.origins,
    maxBytes: isQuota ? left : deps.limits.maxBytes,
    maxBytesIsQuota: isQuota,
  }
}
