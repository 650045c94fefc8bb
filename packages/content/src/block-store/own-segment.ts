import { canonicalCid } from '@packages/shared/cid'
import { HoldfastError } from '@packages/shared/holdfast-error'
import type { CID } from 'multiformats/cid'
import { applyItem } from './apply-item.ts'
import { AdoptItem, type DagSize, VoidItem } from './batch-items.ts'
import { type BlockKey, keyToBytes, keyToCid } from './block-key.ts'
import { rootTargets } from './block-links.ts'
import { type MarkerItem, newTitle } from './commit-marker.ts'
import { IndexChange } from './index-change.ts'
import type { BlockLocation } from './index-entry.ts'
import { type BlockCopies, knownDamaged, mendBrought, stagedCopies } from './mend-blocks.ts'
import { planUpload } from './plan-upload.ts'
import type { RealmWriter } from './realm-writer.ts'
import { hasOwner } from './root-keys.ts'
import { SegmentWriter } from './segment-writer.ts'
import { checkClosed, type StagedBlocks, stageRange } from './staged-blocks.ts'
import type { StoreCore } from './store-core.ts'
import { incompleteDag } from './store-error.ts'
import { newSegmentMeta, noteUnused, type PendingUpload } from './store-index.ts'
import type { DagBlock } from './take-dag.ts'
import { putPending, takePending } from './take-pending.ts'

/** Blocks that an upload remembers to have written, so as not to write them twice. */
const REMEMBERED_BLOCKS = 16_384

type CommitMarker = Extract<MarkerItem, { cid: string }>
/** What is taken in slices. `copies`: of blocks whose place is known to be damaged. */
type Slices = { pending: PendingUpload; staged: StagedBlocks; copies: BlockCopies }
type Root = { realm: string; contentId: string; cid: CID }

/** The segment of one large upload. */
export class OwnSegment {
  readonly #core: StoreCore
  readonly #realm: string
  readonly #writer: SegmentWriter
  /** All blocks, as long as they fit into one slice. */
  #blocks: Map<BlockKey, DagBlock> | undefined = new Map()
  readonly #remembered = new Set<BlockKey>()
  #bytes = 0

  constructor(core: StoreCore, realm: string) {
    this.#core = core
    this.#realm = realm
    this.#writer = SegmentWriter.create(
      core.settings.directory,
      core.nextSegmentId(),
      newTitle('own', realm),
      core.faults,
      core.directWrites,
    )
  }

  has(key: BlockKey): boolean {
    return this.#remembered.has(key)
  }

  append(key: BlockKey, bytes: Uint8Array, links: readonly BlockKey[]): void {
    this.#note(key, this.#writer.append(key, bytes), links)
  }

  /** A raw block that lies in pieces. */
  appendParts(key: BlockKey, parts: readonly Uint8Array[], length: number): void {
    this.#note(key, this.#writer.appendParts(key, parts, length), [])
  }

  #note(key: BlockKey, location: BlockLocation, links: readonly BlockKey[]): void {
    this.#bytes += location.length
    if (this.#remembered.size < REMEMBERED_BLOCKS) this.#remembered.add(key)
    this.#blocks?.set(key, { location, links })
    if ((this.#blocks?.size ?? 0) > this.#core.settings.sliceBlocks) this.#blocks = undefined
  }

  get full(): boolean {
    return this.#writer.full
  }

  drained(): Promise<void> {
    return this.#writer.drained()
  }

  async discard(): Promise<void> {
    await this.#writer.discard()
  }

  /**
   * Makes the upload durable and then visible.
   * @throws HoldfastError `invalid_request` when the DAG is not whole, `conflict` when the content id has a root. The segment is of no use then.
   */
  async commit(root: Root, realmWriter: RealmWriter, known?: DagSize): Promise<DagSize> {
    await this.#writer.flush()
    return this.#blocks === undefined
      ? this.#commitStaged(root, realmWriter, known)
      : this.#commitAtOnce(root, this.#blocks, realmWriter, known)
  }

  async #commitAtOnce(
    root: Root,
    blocks: Map<BlockKey, DagBlock>,
    realmWriter: RealmWriter,
    known: DagSize | undefined,
  ): Promise<DagSize> {
    const size = known ?? { dagSize: this.#bytes, blocks: blocks.size }
    const held = this.#core.index.blocks(this.#realm)
    const needed = planUpload({
      targets: rootTargets(root.cid, this.#realm),
      links: (key) => blocks.get(key)?.links,
      has: (key) => held.doesExist(keyToBytes(key)),
    })
    const isNeeded = needed.length > 0 || knownDamaged(this.#core, this.#realm, blocks).length > 0
    if (!isNeeded && (await this.#adoptInstead(root, size, realmWriter))) return size
    const marker = await this.#seal(root, size)
    const touched = this.#core.transaction(() => {
      this.#checkFree(root)
      const change = new IndexChange(this.#core.index, this.#realm)
      const apply = { core: this.#core, change, segment: this.#writer.id, released: [] }
      const result = applyItem(apply, marker, { find: (key) => blocks.get(key) })
      if (result.state !== 'done')
        throw incompleteDag(result.state === 'missing' ? keyToCid(result.key).toString() : marker.cid)
      mendBrought(this.#core, change, blocks)
      this.#putSegment({ sealed: true })
      const written = change.write()
      noteUnused(this.#core.index, this.#writer.id, blocks.size)
      return written
    })
    this.#core.collectDead(touched)
    return size
  }

  async #commitStaged(root: Root, realmWriter: RealmWriter, known: DagSize | undefined): Promise<DagSize> {
    const place = { segment: this.#writer.id, start: this.#writer.groupStart, end: this.#writer.length }
    const range = { ...place, realm: this.#realm, verify: false }
    const { staged, blocks, bytes } = await stageRange(this.#core, range)
    try {
      const size = known ?? { dagSize: bytes, blocks }
      const targets = rootTargets(root.cid, this.#realm)
      const held = this.#core.index.blocks(this.#realm)
      // What takes the blocks finds out too when it is not so, only later.
      if (known === undefined) await checkClosed(this.#core, this.#realm, range, staged)
      for (const key of targets)
        if (staged.locate(key) === undefined && !held.doesExist(keyToBytes(key)))
          throw incompleteDag(keyToCid(key).toString())
      const isHeld = targets.every((key) => held.doesExist(keyToBytes(key)))
      const copies = stagedCopies(this.#core, this.#realm, staged)
      if (isHeld && copies.size === 0 && (await this.#adoptInstead(root, size, realmWriter))) {
        await staged.clear()
        return size
      }
      const { at: addedAt, cid } = await this.#seal(root, size)
      const sizes = { bytes: size.dagSize, blocks: size.blocks }
      const pending = { ...range, realm: root.realm, contentId: root.contentId, cid, addedAt, ...sizes }
      await this.#takeSlices(root, { pending, staged, copies }, realmWriter)
      return size
    } catch (error) {
      await staged.clear().catch(() => undefined)
      throw error
    }
  }

  async #takeSlices(root: Root, { pending, staged, copies }: Slices, realmWriter: RealmWriter): Promise<void> {
    this.#core.transaction(() => {
      this.#checkFree(root)
      this.#putSegment({ sealed: false })
      putPending(this.#core, pending)
      const change = new IndexChange(this.#core.index, this.#realm)
      mendBrought(this.#core, change, copies)
      change.write()
    })
    try {
      await takePending(this.#core, pending, staged)
    } catch (error) {
      // Others may have taken blocks of this segment: it stays, its marker must not count.
      realmWriter.enqueue(new VoidItem({ contentId: root.contentId, segment: this.#writer.id }))
      realmWriter.resumeCascade()
      throw error
    }
  }

  // Everything of it is held: a root in the shared segment does, and this segment can go.
  async #adoptInstead(root: Root, size: DagSize, realmWriter: RealmWriter): Promise<boolean> {
    const known = { bytes: size.dagSize, blocks: size.blocks }
    const adopted = await new Promise<boolean>((resolve, reject) => {
      realmWriter.enqueue(new AdoptItem(root.contentId, root.cid, known, { resolve, reject }))
    })
    if (adopted) await this.#writer.discard()
    return adopted
  }

  async #seal(root: Root, size: DagSize): Promise<CommitMarker> {
    this.#checkFree(root)
    const marker: CommitMarker = {
      kind: 'commit',
      contentId: root.contentId,
      cid: canonicalCid(root.cid),
      at: this.#core.settings.now(),
      bytes: size.dagSize,
      blocks: size.blocks,
    }
    this.#writer.appendMarker([marker], this.#core.nextSequence())
    await this.#writer.sync()
    await this.#writer.close()
    await this.#core.faults.pause?.('sealed')
    return marker
  }

  #checkFree(root: Root): void {
    if (hasOwner(this.#core.index, root.contentId))
      throw new HoldfastError('conflict', { detail: 'This content id has a root already.' })
  }

  #putSegment({ sealed }: { sealed: boolean }): void {
    this.#core.index.putSegment(this.#writer.id, {
      ...newSegmentMeta('own', this.#realm, this.#writer.secret),
      length: this.#writer.length,
      sealed,
    })
  }

  /** True when the index knows this segment: then it must not be discarded. */
  get isIndexed(): boolean {
    return this.#core.index.segment(this.#writer.id) !== undefined
  }
}
