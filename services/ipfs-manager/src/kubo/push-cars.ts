import { randomUUIDv7 } from 'node:crypto'
import { BackendError, type Ensured, type RootSource, type WantedRoot } from '../pin-backend.ts'
import { toBackendError } from './backend-errors.ts'
import { CarCounter } from './car-counter.ts'
import { eachOf } from './each-of.ts'
import { type EnsureDeps, ensurePin, HASTE_MS, walkTime } from './ensure-pin.ts'
import { FetchWatch } from './fetch-watch.ts'
import { labelOf } from './pin-label.ts'

export type PushedRoot = { root: WantedRoot; source: RootSource & { kind: 'car' } }

/** For the import itself; a CAR of any size may come. */
const LIMITS = { maxMs: 60 * 60_000, stallMs: 60_000, maxBytes: Infinity, maxBlocks: Infinity, maxDepth: Infinity }
/** Roots of one call: a request line of Kubo's takes 1 MiB. */
const MAX_BATCH = 256
/** Files that are pinned together: a larger one would hold up the others. */
const TOGETHER_BYTES = 32 * 1024 * 1024

/**
 * Pins many roots on one node. Small ones that the node does not have go in one request and are pinned by one command; what fails together is tried one by
 * one, so that one bad root leaves the others alone.
 */
export const pushCars = async (
  deps: EnsureDeps,
  roots: readonly PushedRoot[],
  signal: AbortSignal,
): Promise<(Ensured | BackendError)[]> => {
  const words: (Ensured | BackendError | undefined)[] = roots.map(() => undefined)
  const small = roots.flatMap(({ root }, index) => ((root.dagSize ?? Infinity) <= TOGETHER_BYTES / 4 ? [index] : []))
  for (const batch of batchesOf(roots, small)) {
    const together = await pushTogether(
      deps,
      batch.map((index) => roots[index] as PushedRoot),
      signal,
    )
    for (const [at, index] of batch.entries()) words[index] = together?.[at]
  }
  await eachOf(roots, async (pushed, index) => {
    words[index] ??= await ensurePin(deps, pushed.root, pushed.source, { limits: LIMITS, signal }).catch(
      (error: unknown) => {
        signal.throwIfAborted()
        return error instanceof BackendError
          ? error
          : new BackendError('node_error', 'The CAR could not be read.', { cause: error })
      },
    )
  })
  return words as (Ensured | BackendError)[]
}

/** Runs of small roots, of at most `TOGETHER_BYTES` and `MAX_BATCH`; a root that would be alone is not worth one. */
const batchesOf = (roots: readonly PushedRoot[], small: readonly number[]): number[][] => {
  const batches: number[][] = []
  let bytes = Infinity
  for (const index of small) {
    const size = roots[index]?.root.dagSize ?? 0
    let batch = batches.at(-1)
    if (batch === undefined || bytes + size > TOGETHER_BYTES || batch.length === MAX_BATCH) {
      batches.push((batch = []))
      bytes = 0
    }
    batch.push(index)
    bytes += size
  }
  return batches.filter((batch) => batch.length > 1)
}

/** Words for each, some missing: those are tried alone. Undefined when the request failed as a whole. */
const pushTogether = async (
  { client, install }: EnsureDeps,
  roots: readonly PushedRoot[],
  signal: AbortSignal,
): Promise<(Ensured | undefined)[] | undefined> => {
  try {
    const pinned = await eachOf(roots, ({ root }) => client.pinOf(root.cid, signal))
    // Two contents of one CID are pinned once: the second one finds it pinned.
    const seen = new Set<string>()
    const fresh = roots.filter(
      ({ root }, at) => pinned[at] === null && !seen.has(`${root.cid}`) && seen.add(`${root.cid}`),
    )
    if (fresh.length < 2) return undefined
    const counters = fresh.map(() => new CarCounter())
    const files = fresh.map(({ source }, at) => (counters[at] as CarCounter).count(source.open(signal)))
    const { blocks } = await client.importCars(files, { timeoutMs: LIMITS.maxMs, signal })
    const sent = counters.reduce((sum, counter) => sum + counter.blocks, 0)
    if (blocks !== sent) return undefined
    const bytes = counters.reduce((sum, counter) => sum + counter.bytes, 0)
    const maxMs = walkTime(bytes)
    using watch = new FetchWatch({ ...LIMITS, maxMs, stallMs: HASTE_MS }, { signal })
    const label = labelOf({ install, about: randomUUIDv7() })
    // A 200 is no confirmation, and an error may come after some: each is asked for.
    try {
      const pin = { label, timeoutMs: watch.timeoutMs, signal: watch.signal }
      for await (const progress of client.pin(
        fresh.map(({ root }) => root.cid),
        pin,
      ))
        watch.take(progress)
    } catch (error) {
      signal.throwIfAborted()
      if (!(toBackendError(error) instanceof BackendError)) throw error
    }
    const confirmed = await eachOf(fresh, ({ root }) => client.pinOf(root.cid, signal))
    return roots.map((one) => {
      const at = fresh.indexOf(one)
      const counter = counters[at]
      if (counter === undefined || confirmed[at] == null) return undefined
      return { isForeign: false, dagSize: counter.bytes, blocks: counter.blocks }
    })
  } catch (error) {
    signal.throwIfAborted()
    if (toBackendError(error) instanceof BackendError) return undefined
    // A CAR that could not be read: which one, is found by trying each.
    return undefined
  }
}
