import type { BlockStore } from '@packages/content/block-store/block-store'
import type { BlockCache } from '@packages/content/cache/block-cache'
import type { MinimalLogger } from '@packages/runtime/minimal-logger'
import { HoldfastError } from '@packages/shared/holdfast-error'
import type { StoreGate } from '../store-gate.ts'
import { placeToLetGo } from './place-to-let-go.ts'
import { giveBackLetGo, letGoCopies, type LetGoDeps, type OwnCopies, ownCopiesAfter } from './let-go-copies.ts'

export type OwnSpaceDeps = LetGoDeps & {
  /** Closed while database and store do not fit: then nothing goes. */
  gate: StoreGate
  store: Pick<BlockStore, 'release' | 'hasRoot' | 'stats' | 'idle' | 'compact'>
  cache: Pick<BlockCache, 'bytes' | 'evict'>
  /** Of the disk that the store is on. */
  freeSpace: () => Promise<number>
  /** Below this something has to go; 0: nothing ever does. */
  belowBytes: number
  /** How fast a compaction reads and writes; 0: none is made. */
  bytesPerSecond: number
  logger: MinimalLogger
}

/** Whether so many bytes can be taken and as many are free still as have to be: what may go again is not taken for it to go at once. */
export const roomAbove =
  (freeSpace: () => Promise<number>, leastBytes: number) =>
  async (bytes: number): Promise<boolean> =>
    leastBytes === 0 || (await freeSpace()) - bytes >= leastBytes

/** A tenth more than the bound, so that the next upload is not below it again. */
const AIM = 1.1
const PAGE = 100
const FIRST_ID = '00000000-0000-0000-0000-000000000000'

/**
 * Keeps the own store's disk free: what was read from nodes goes first, the least recently used of it, then content that enough nodes have confirmed, the
 * oldest first. Compaction gives the space back. What is nowhere else never goes.
 */
export class OwnSpace {
  readonly #deps: OwnSpaceDeps
  #isClean = false
  #hasTold = false

  constructor(deps: OwnSpaceDeps) {
    this.#deps = deps
  }

  /** @returns bytes that were let go, of the cache and of content */
  async turn(signal: AbortSignal): Promise<{ cached: number; contents: number }> {
    const { belowBytes, freeSpace, cache, store, gate, logger } = this.#deps
    if (!gate.isOpen()) return { cached: 0, contents: 0 }
    if (!this.#isClean) {
      await giveBackLetGo(this.#deps, signal)
      this.#isClean = true
    }
    const free = belowBytes === 0 ? Number.POSITIVE_INFINITY : await freeSpace()
    if (free >= belowBytes) {
      this.#hasTold = false
      return { cached: 0, contents: 0 }
    }
    const { deadBytes } = await store.stats()
    // What is deleted already comes back with the next compaction.
    const missing = Math.ceil(belowBytes * AIM - free - deadBytes)
    const cached = missing > 0 ? await cache.evict(Math.max(0, cache.bytes - missing)) : 0
    const contents = await this.#letGo(missing - cached, signal)
    if (cached + contents > 0)
      logger.info({ free, belowBytes, cached, contents }, 'the own store let go what nodes have')
    // Too little may go: some of it may when more nodes have it.
    if (missing > cached + contents) await placeToLetGo(this.#deps, signal)
    if (missing > cached + contents && !this.#hasTold) {
      this.#hasTold = true
      logger.warn(
        { free, belowBytes },
        'the disk is short of space, and the own store has nothing more that nodes have confirmed',
      )
    }
    if (deadBytes + cached + contents > 0) await this.#compact(signal)
    return { cached, contents }
  }

  async #letGo(missing: number, signal: AbortSignal): Promise<number> {
    let bytes = 0
    for (let after: string | undefined = FIRST_ID; after !== undefined && bytes < missing; ) {
      signal.throwIfAborted()
      const { copies, next }: OwnCopies = await ownCopiesAfter(this.#deps, after, PAGE)
      const enough = upTo(copies, missing - bytes)
      // The nodes may say of some of them that they have to stay: then what comes behind is looked at too.
      after = enough.length < copies.length ? enough.at(-1)?.id : next
      try {
        for (const copy of await letGoCopies(this.#deps, enough, signal)) bytes += copy.bytes
      } catch (error) {
        // What was written down and not given back is found at the next turn.
        this.#isClean = false
        throw error
      }
    }
    return bytes
  }

  async #compact(signal: AbortSignal): Promise<void> {
    const { store, bytesPerSecond, freeSpace, belowBytes } = this.#deps
    if (bytesPerSecond === 0) return
    // Blocks go behind their roots.
    await store.idle()
    for (const allReleased of [false, true]) {
      if (allReleased && (await freeSpace()) >= belowBytes) return
      await store
        .compact({ signal, bytesPerSecond, ...(allReleased ? { allReleased } : {}) })
        .catch((error: unknown) => {
          // Another pass runs already.
          if (!(error instanceof HoldfastError && error.code === 'conflict')) throw error
        })
    }
  }
}

type Sized = { bytes: number }

/** The first of them that weigh so much together. */
const upTo = <T extends Sized>(copies: readonly T[], bytes: number): T[] => {
  let sum = 0
  const enough: T[] = []
  for (const copy of copies) {
    if (sum >= bytes) break
    sum += copy.bytes
    enough.push(copy)
  }
  return enough
}
