import { DamagedPlaces } from './damaged-places.ts'
import { DirectWrites } from './direct-writes.ts'
import { type UnlinkedSegment, unlinkSegment } from './remove-segment.ts'
import { putBroken } from './root-keys.ts'
import { raiseIdMark, readIdMark } from './segment-ids.ts'
import { segmentPath, segmentsFolder, syncFolder } from './segment-path.ts'
import type { SegmentPool } from './segment-pool.ts'
import { SpaceReserve } from './space-reserve.ts'
import type { IndexMeta, SegmentMeta, StoreIndex } from './store-index.ts'
import type { StoreFaults, StoreLogger } from './store-options.ts'

export type StoreSettings = {
  directory: string
  segmentBytes: number
  spillBytes: number
  sliceBlocks: number
  reserveBytes: number
  now: () => number
}

const isDead = (meta: SegmentMeta | undefined): boolean =>
  meta?.sealed === true && meta.blocks === 0 && meta.roots === 0 && meta.shadows === 0 && !meta.unclaimed

/** What the parts of one open store share: the index, the counters, and the removal of dead segments. */
export class StoreCore {
  readonly settings: StoreSettings
  readonly index: StoreIndex
  readonly pool: SegmentPool
  readonly reserve: SpaceReserve
  readonly directWrites = new DirectWrites()
  readonly damage: DamagedPlaces
  readonly logger: StoreLogger
  readonly faults: StoreFaults
  #meta: IndexMeta
  #idMark: number | undefined
  /** Segments that are not removed for now, dead or not. */
  readonly #held = new Set<number>()
  #removal: Promise<void> = Promise.resolve()

  constructor(parts: {
    settings: StoreSettings
    index: StoreIndex
    pool: SegmentPool
    logger: StoreLogger
    faults: StoreFaults
    meta: IndexMeta
  }) {
    this.settings = parts.settings
    this.index = parts.index
    this.pool = parts.pool
    this.reserve = new SpaceReserve(parts.settings.directory, parts.settings.reserveBytes)
    this.damage = new DamagedPlaces(parts.index.damaged)
    this.logger = parts.logger
    this.faults = parts.faults
    this.#meta = parts.meta
  }

  get meta(): Readonly<IndexMeta> {
    return this.#meta
  }

  /** Orders the markers of all segments. */
  nextSequence(): number {
    this.#meta = { ...this.#meta, sequence: this.#meta.sequence + 1 }
    return this.#meta.sequence
  }

  /** A marker with this sequence was found. */
  raiseSequence(to: number): void {
    if (to > this.#meta.sequence) this.#meta = { ...this.#meta, sequence: to }
  }

  /** An id that no segment had before, not even one that a lost index knew. */
  nextSegmentId(): number {
    const id = this.#meta.nextSegment
    const { directory } = this.settings
    try {
      this.#idMark ??= readIdMark(directory)
      if (id >= this.#idMark) this.#idMark = raiseIdMark(directory, id)
    } catch (error) {
      // A full disk must not stop a release; the next segment tries again.
      this.logger.warn({ err: error }, 'the mark of segment ids could not be raised')
    }
    this.#meta = { ...this.#meta, nextSegment: id + 1 }
    return id
  }

  /** Roots that the index has, and not all their blocks. */
  noteBroken(roots: readonly { contentId: string; realm: string; segment: number }[]): void {
    if (roots.length === 0) return
    this.transaction(() => {
      for (const root of roots) putBroken(this.index, root)
      this.#meta = { ...this.#meta, brokenRoots: this.index.broken.getKeysCount({}) }
    })
  }

  /** Inside a transaction: a root that a rebuild found not whole was released. */
  forgetBroken(contentId: string): boolean {
    if (!this.index.broken.removeSync(Buffer.from(contentId))) return false
    this.#meta = { ...this.#meta, brokenRoots: this.index.broken.getKeysCount({}) }
    return true
  }

  /** One index transaction, which also keeps the counters; for `metaSync` see `StoreIndex`. */
  transaction<T>(action: () => T, options?: { metaSync?: boolean }): T {
    const result = this.index.transaction(() => {
      const done = action()
      this.index.putMeta(this.#meta)
      return done
    }, options)
    this.faults.committed?.(options?.metaSync ?? true)
    return result
  }

  /** True when nothing needs the segment any more. */
  isDead(id: number): boolean {
    return isDead(this.index.segment(id))
  }

  #isRemovable(id: number): boolean {
    return this.isDead(id) && !this.#held.has(id)
  }

  /** Keeps a segment and its record, even when nothing needs it any more. */
  hold(segment: number): void {
    this.#held.add(segment)
  }

  /** Ends `hold`, and removes the segment when it is dead. */
  letGo(segment: number): void {
    this.#held.delete(segment)
    this.collectDead([segment])
  }

  /** Unlinks those of the segments that nothing needs any more, one after the other, behind the caller's back. */
  collectDead(segments: Iterable<number>): void {
    // Blocks of roots that are not whole may still be wanted for a repair.
    if (this.#meta.brokenRoots > 0) return
    const dead = [...new Set(segments)].filter((id) => this.#isRemovable(id))
    if (dead.length === 0) return
    this.#removal = this.#removal
      .then(() => this.#remove(dead))
      .catch((error) =>
        this.logger.warn({ err: error }, 'dead segments could not be removed; the next start tries again'),
      )
  }

  // The file goes before its record: a file without a record would be taken for one that lost its commits.
  async #remove(dead: readonly number[]): Promise<void> {
    const removed = new Map<number, UnlinkedSegment>()
    try {
      // That nothing needs them must be on the disk before they are gone.
      this.transaction(() => undefined)
      for (const id of dead) {
        if (!this.#isRemovable(id)) continue
        removed.set(id, await unlinkSegment(segmentPath(this.settings.directory, id)))
        this.pool.forget(id)
      }
      if (removed.size === 0) return
      await syncFolder(segmentsFolder(this.settings.directory))
      const freed = this.transaction(() => [...removed.keys()].flatMap((id) => this.#forget(id)))
      this.collectDead(freed)
    } finally {
      for (const segment of removed.values()) await segment.giveBack()
    }
    await this.reserve.restore()
  }

  #forget(id: number): number[] {
    this.index.removeSegment(id)
    this.damage.forget(id)
    const freed = this.index.takeShadows(id)
    for (const younger of freed) {
      const meta = this.index.segment(younger)
      if (meta !== undefined) this.index.putSegment(younger, { ...meta, shadows: meta.shadows - 1 })
    }
    return freed
  }

  /** Resolves when no removal is under way. */
  async removalsDone(): Promise<void> {
    let seen: Promise<void> | undefined
    while (seen !== this.#removal) {
      seen = this.#removal
      await seen
    }
  }
}
