import { rm } from 'node:fs/promises'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { BlockKey } from '../block-key.ts'
import { encodeItems, type MarkerItem, newTitle } from '../commit-marker.ts'
import { IndexChange } from '../index-change.ts'
import type { BlockLocation } from '../index-entry.ts'
import { putRoot, rootOf } from '../root-keys.ts'
import { segmentPath } from '../segment-path.ts'
import { SegmentWriter } from '../segment-writer.ts'
import type { StoreCore } from '../store-core.ts'
import { newSegmentMeta, type SegmentMeta } from '../store-index.ts'

/** What is written under one marker and synced at once: little, because the syncs of uploads wait for it. */
const GROUP_BYTES = 2 * 1024 * 1024
const GROUP_BLOCKS = 1_024
/** Entries that one index transaction points elsewhere: it stops the whole process while it runs. */
const MOVE_BLOCKS = 256

type Copy = { key: BlockKey; from: BlockLocation; to: BlockLocation }

// A planted fault.
const unlinkAll = async (core: StoreCore, copies: readonly Copy[]): Promise<void> => {
  for (const id of new Set(copies.map(({ from }) => from.segment))) {
    core.pool.forget(id)
    await rm(segmentPath(core.settings.directory, id), { force: true })
  }
}

/**
 * The segment that a compaction writes to. The index knows of it before it holds anything, and of each group of records in the first
 * transaction that uses it: at most one group lies behind the length that the index knows, and nothing needs that one.
 */
export class CompactionTarget {
  readonly #core: StoreCore
  readonly #writer: SegmentWriter
  readonly realm: string
  #known: number
  #copies: Copy[] = []
  #bytes = 0

  private constructor(core: StoreCore, realm: string, writer: SegmentWriter) {
    this.#core = core
    this.realm = realm
    this.#writer = writer
    this.#known = writer.length
  }

  static async create(core: StoreCore, realm: string): Promise<CompactionTarget> {
    const title = newTitle('compaction', realm)
    const writer = SegmentWriter.create(core.settings.directory, core.nextSegmentId(), title, core.faults)
    try {
      await writer.sync()
      const meta = { ...newSegmentMeta('compaction', realm, writer.secret), length: writer.length }
      core.transaction(() => core.index.putSegment(writer.id, meta))
    } catch (error) {
      await writer.discard()
      throw error
    }
    return new CompactionTarget(core, realm, writer)
  }

  get id(): number {
    return this.#writer.id
  }

  get length(): number {
    return this.#writer.length
  }

  /** Copies a block; `true` when it is time to `move`. */
  copy(key: BlockKey, bytes: Uint8Array, from: BlockLocation): boolean {
    this.#copies.push({ key, from, to: this.#writer.append(key, bytes) })
    this.#bytes += bytes.length
    return this.#bytes >= GROUP_BYTES || this.#copies.length >= GROUP_BLOCKS
  }

  /** Makes the copies durable, then points the index to them. What was released or copied elsewhere meanwhile is left. */
  async move(): Promise<void> {
    const copies = this.#copies
    if (copies.length === 0) return
    this.#copies = []
    this.#bytes = 0
    await this.#write([])
    if (this.#core.faults.unlinkEarly) await unlinkAll(this.#core, copies)
    for (let at = 0; at < copies.length; at += MOVE_BLOCKS) {
      this.#apply((change) => {
        for (const { key, from, to } of copies.slice(at, at + MOVE_BLOCKS))
          change.move(key, from, to, this.#core.faults.moveBlindly)
      })
      await (this.#core.faults.pause?.('moved') ?? nextTurn())
    }
  }

  /**
   * Takes over markers of the segment `from`, which must be held (`StoreCore.hold`), in one transaction. False when one of the roots was released
   * since: then nothing is left of it.
   */
  async carry(from: number, items: readonly MarkerItem[]): Promise<boolean> {
    const roots = items.flatMap((item) => (item.kind === 'release' ? [] : [item.contentId]))
    const isHere = (contentId: string): boolean => rootOf(this.#core.index, contentId)?.value.segment === from
    const { forgetRoots } = this.#core.faults
    await this.#write(forgetRoots ? items.filter((item) => item.kind === 'release') : items)
    // A copy of a marker whose root was released would need a release marker that outlives it.
    if (!roots.every(isHere)) {
      await this.#writer.truncate(this.#known)
      return false
    }
    this.#apply((change) => {
      for (const contentId of roots) this.#moveRoot(change, contentId)
      this.#takeShadows(change, from)
      const releases = items.filter((item) => item.kind === 'release')
      return releases.length === 0 ? 0 : encodeItems(releases).record.length
    })
    await this.#core.faults.pause?.('carried')
    return true
  }

  #moveRoot(change: IndexChange, contentId: string): void {
    const root = rootOf(this.#core.index, contentId)
    if (root === undefined) return
    change.account(root.value.segment, { roots: -1 })
    change.account(this.id, { roots: 1 })
    putRoot(this.#core.index, { realm: root.realm, cid: root.cid, contentId }, { ...root.value, segment: this.id })
  }

  // The copies must outlive their originals, and what those had to outlive.
  #takeShadows(change: IndexChange, from: number): void {
    const { index } = this.#core
    const olders = [...index.shadowsOf(from), [from, { loose: true }] as const]
    for (const [older, { loose }] of olders) change.outlive(older, this.id, loose)
  }

  async #write(items: readonly MarkerItem[]): Promise<void> {
    const { faults } = this.#core
    try {
      this.#writer.appendMarker(items, this.#core.nextSequence())
      await this.#writer.flush()
      await faults.pause?.('copied')
      if (!faults.skipCopySync) await this.#writer.sync()
      await faults.pause?.('copies-synced')
    } catch (error) {
      await this.#writer.truncate(this.#known)
      throw error
    }
  }

  /** @param action returns by how much the bytes of release markers grew */
  #apply(action: (change: IndexChange) => number | void): void {
    const length = this.#writer.length
    const touched = this.#core.transaction(() => {
      // For those who ask whether anything has changed.
      this.#core.nextSequence()
      const change = new IndexChange(this.#core.index, this.realm)
      const carried = action(change) ?? 0
      this.#putMeta((meta) => ({ ...meta, length, carried: (meta.carried ?? 0) + carried }))
      return change.write()
    })
    this.#known = length
    this.#core.collectDead(touched)
  }

  #putMeta(change: (meta: SegmentMeta) => SegmentMeta): void {
    const meta = this.#core.index.segment(this.id)
    if (meta === undefined) throw new Error(`the index has lost the compaction's segment ${this.id}`)
    this.#core.index.putSegment(this.id, change(meta))
  }

  /** Drops what was copied and not moved, and closes the segment: it is one like others from here on. */
  async close(): Promise<void> {
    this.#copies = []
    if (this.#writer.length > this.#known) await this.#writer.truncate(this.#known)
    await this.#writer.close()
    this.#core.transaction(() => this.#putMeta((meta) => ({ ...meta, sealed: true })))
    this.#core.collectDead([this.id])
  }
}
