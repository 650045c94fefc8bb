import { BackendError, type Ensured, type EnsureOptions, type RootSource, type WantedRoot } from '../pin-backend.ts'
import { toBackendError } from './backend-errors.ts'
import { CarCounter } from './car-counter.ts'
import { isDeeperThan } from './dag-depth.ts'
import { FetchWatch } from './fetch-watch.ts'
import type { KuboClient } from './kubo-client.ts'
import { KuboError } from './kubo-error.ts'
import { isOurs, labelOf } from './pin-label.ts'

/** Where others can be reached whom the node is to ask first. */
export type Holder = { address: string; peerId: string }

type CarSource = RootSource & { kind: 'car' }
/** Where a node finds it itself. `open`: what others have of it, for what it lacks below a pin that stands. */
export type PeerSource = { kind: 'peers'; holders: readonly Holder[]; open?: CarSource['open'] }

export type EnsureDeps = { client: KuboClient; install: string }

/** A DAG that is there as a whole is walked at this rate, and slower on a busy disk. */
const WALK_BYTES_PER_MS = 50_000
const WALK_MS = 10_000
const CLEAN_UP_MS = 2_000
/** All that a pin needs was just sent: after this without a new block it is looked whether one lacks. */
export const HASTE_MS = 1_000

/** Of a DAG of this size that the node has: after which a block of it must be missing. */
export const walkTime = (bytes: number): number => WALK_MS + bytes / WALK_BYTES_PER_MS

/**
 * Pins a root on one node: asks first, and leaves what is pinned as it stands; brings the blocks; pins; asks again. Under a lock of node and CID.
 * @throws BackendError; the signal's reason
 */
export const ensurePin = async (
  deps: EnsureDeps,
  root: WantedRoot,
  source: CarSource | PeerSource,
  options: EnsureOptions,
): Promise<Ensured> => {
  const { client, install } = deps
  try {
    const pin = await client.pinOf(root.cid, options.signal)
    if (pin !== null) return await keepPinned(deps, root, source, options, !isOurs(pin.label, install))
    const counted =
      source.kind === 'car'
        ? await pinCar(deps, root, source, options)
        : await pinFromPeers(deps, root, source.holders, options)
    // A 200 is no confirmation: the node is asked.
    if ((await client.pinOf(root.cid, options.signal)) === null)
      throw new BackendError('node_error', 'The node does not confirm the pin.')
    return { isForeign: false, ...counted }
  } catch (error) {
    options.signal.throwIfAborted()
    throw toBackendError(error)
  }
}

type Counted = { dagSize: number; blocks: number }

/** Never pinned anew. What is missing below the pin is brought back without touching it. */
const keepPinned = async (
  { client }: EnsureDeps,
  root: WantedRoot,
  { open }: CarSource | PeerSource,
  { limits, signal }: EnsureOptions,
  isForeign: boolean,
): Promise<Ensured> => {
  try {
    return { isForeign, ...(await client.measure(root.cid, limits.maxMs, signal)) }
  } catch (error) {
    if (open === undefined || !(error instanceof KuboError) || error.kind !== 'failed') throw error
    await importCar(client, open, { timeoutMs: limits.maxMs, signal })
    // A block that is there and damaged is not written again: that takes `ipfs repo verify --heal`.
    return { isForeign, ...(await client.measure(root.cid, limits.maxMs, signal)) }
  }
}

const pinCar = async (
  deps: EnsureDeps,
  root: WantedRoot,
  source: CarSource,
  { limits, onProgress, signal }: EnsureOptions,
): Promise<Counted> => {
  onProgress?.({ phase: 'replicating', blocks: 0, bytes: 0, providers: [] })
  const counted = await importCar(deps.client, source.open, { timeoutMs: limits.maxMs, signal })
  const most = walkTime(counted.dagSize)
  const walk = { ...limits, maxMs: most, maxBytes: Infinity, maxBlocks: Infinity }
  const pin = (stallMs: number): Promise<Counted> => pinWatched(deps, root, { ...walk, stallMs }, { signal })
  await pin(HASTE_MS).catch(async (error: unknown) => {
    if (!isStandstill(error)) throw error
    // Either a block is missing, which the node tells at once when it may ask nobody, or it is slow.
    await deps.client.measure(root.cid, most, signal)
    await pin(most)
  })
  return counted
}

const isStandstill = (error: unknown): boolean =>
  error instanceof BackendError && (error.code === 'no_providers' || error.code === 'stalled')

/** @throws BackendError when the node did not take as many blocks as were sent */
const importCar = async (
  client: KuboClient,
  open: CarSource['open'],
  { timeoutMs, signal }: { timeoutMs: number; signal: AbortSignal },
): Promise<Counted> => {
  const counter = new CarCounter()
  const { blocks } = await client.importCars([counter.count(open(signal))], { timeoutMs, signal })
  if (blocks !== counter.blocks)
    throw new BackendError('node_error', `The node took ${blocks} of ${counter.blocks} blocks.`)
  return { dagSize: counter.bytes, blocks }
}

const pinFromPeers = async (
  deps: EnsureDeps,
  root: WantedRoot,
  holders: readonly Holder[],
  { limits, onProgress, signal }: EnsureOptions,
): Promise<Counted> => {
  const counted = await pinWatched(deps, root, limits, { signal, holders, ...(onProgress && { onProgress }) })
  // A DAG of n blocks is no deeper than n.
  if (counted.blocks <= limits.maxDepth) return counted
  const walk = { timeoutMs: walkTime(counted.dagSize), signal }
  if (!(await isDeeperThan(deps.client.rpc, root.cid, limits.maxDepth, walk))) return counted
  await deps.client.unpin(root.cid)
  throw new BackendError('limit_depth', `It is deeper than ${limits.maxDepth}.`)
}

/** The one place that pins. What it leaves behind when it fails is taken away, when it is this content's. */
const pinWatched = async (
  { client, install }: EnsureDeps,
  root: WantedRoot,
  limits: EnsureOptions['limits'],
  { holders = [], ...options }: Omit<EnsureOptions, 'limits'> & { holders?: readonly Holder[] },
): Promise<Counted> => {
  using watch = new FetchWatch(limits, options)
  const label = labelOf({ install, about: root.contentId })
  const dialling = new AbortController()
  const dials = holders.map(async ({ address, peerId }) => {
    const stands = await client.connect(address, AbortSignal.any([watch.signal, dialling.signal])).catch(() => false)
    watch.tried({ peerId, outcome: stands ? 'dialled' : 'failed' })
  })
  try {
    const { timeoutMs, signal } = watch
    for await (const progress of client.pin([root.cid], { label, timeoutMs, signal })) watch.take(progress)
    watch.signal.throwIfAborted()
    return { dagSize: watch.bytes, blocks: watch.blocks }
  } catch (error) {
    if (!options.signal.aborted) await takeBack(client, root, label)
    throw error
  } finally {
    dialling.abort()
    await Promise.all(dials)
  }
}

/** Best effort: a node that cannot be asked now is asked by the next listing. */
const takeBack = async (client: KuboClient, root: WantedRoot, label: string): Promise<void> => {
  const soon = AbortSignal.timeout(CLEAN_UP_MS)
  try {
    const pin = await client.pinOf(root.cid, soon)
    if (pin?.label === label) await client.unpin(root.cid, soon)
  } catch (error) {
    if (!(error instanceof KuboError) && !soon.aborted) throw error
  }
}
