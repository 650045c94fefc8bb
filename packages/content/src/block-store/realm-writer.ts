import { gather } from '@packages/runtime/gather'
import { HoldfastError } from '@packages/shared/holdfast-error'
import { BATCH_BLOCKS, BATCH_BYTES, type BatchItem, type BatchPlan, type BufferedBlock } from './batch-item.ts'
import { VoidItem } from './batch-items.ts'
import type { BlockKey } from './block-key.ts'
import { CascadeRunner } from './cascade-runner.ts'
import { type MarkerItem, newTitle } from './commit-marker.ts'
import { IndexChange } from './index-change.ts'
import { SegmentWriter } from './segment-writer.ts'
import type { StoreCore } from './store-core.ts'
import { asStoreError, isNoSpace } from './store-error.ts'
import { newSegmentMeta, type SegmentMeta } from './store-index.ts'

type Planned = { item: BatchItem; marker: MarkerItem | undefined; write: BufferedBlock[] }

type Sealing = PromiseWithResolvers<void> & { isWorth: (meta: SegmentMeta) => boolean }

/** What a power cut undoes is rolled forward from the markers, which are on the disk by then: half the price of a commit. */
const FROM_MARKERS = { metaSync: false }

/**
 * Group commit of one realm, without a waiting window in time: while one batch is written, the next one gathers, and so does
 * what the event loop has at hand when it starts. A batch is one `writev`, one `fdatasync`, one synchronous index
 * transaction. Releases go the same way, their cascades between the batches.
 */
export class RealmWriter {
  readonly #core: StoreCore
  readonly #realm: string
  readonly #cascade: CascadeRunner
  #queue: BatchItem[] = []
  #running: Promise<void> | undefined
  #segment: SegmentWriter | undefined
  #sealing: Sealing | undefined
  #closed = false

  constructor(core: StoreCore, realm: string) {
    this.#core = core
    this.#realm = realm
    this.#cascade = new CascadeRunner(core, realm)
    this.#reopenSegment()
    this.#cascade.resume()
  }

  #reopenSegment(): void {
    for (const [id, meta] of this.#core.index.segments())
      if (meta.realm === this.#realm && meta.kind === 'shared' && !meta.sealed && this.#segment === undefined)
        this.#segment = SegmentWriter.reopen(
          this.#core.settings.directory,
          id,
          { length: meta.length, secret: Buffer.from(meta.secret, 'hex') },
          this.#core.faults,
        )
  }

  enqueue(item: BatchItem): void {
    if (this.#closed) {
      item.fail(new HoldfastError('unavailable', { detail: 'The block store is closed.' }))
      return
    }
    this.#queue.push(item)
    this.#running ??= this.#run()
  }

  async #run(): Promise<void> {
    try {
      while (this.#queue.length > 0 || this.#sealing !== undefined) {
        await this.#sealIfAsked()
        // A batch costs the event loop nearly the same for one item as for ten: with 16 clients batches of 4 items became ones of 12 (ADR 0018).
        await gather(() => this.#queue.length, BATCH_BLOCKS, this.#core.faults.turn)
        await this.#flush(this.#takeBatch())
      }
    } finally {
      // In the same turn as the last look at the queue: what comes later starts anew.
      this.#running = undefined
    }
  }

  #takeBatch(): BatchItem[] {
    let blocks = 0
    let bytes = 0
    let count = 0
    for (const { size } of this.#queue) {
      blocks += size.blocks
      bytes += size.bytes
      if (count > 0 && (blocks > BATCH_BLOCKS || bytes > BATCH_BYTES)) break
      count++
    }
    return this.#queue.splice(0, count)
  }

  #plan(batch: readonly BatchItem[]): Planned[] {
    const plan: BatchPlan = { core: this.#core, realm: this.#realm, planned: new Set(), contentIds: new Set() }
    const planned: Planned[] = []
    for (const item of batch) {
      try {
        const result = item.plan(plan)
        if (result !== undefined) planned.push({ item, ...result })
      } catch (error) {
        this.#fail(item, error)
      }
    }
    return planned
  }

  async #flush(batch: readonly BatchItem[]): Promise<void> {
    const planned = this.#plan(batch)
    if (planned.length === 0) return
    const writer = this.#writer()
    const start = writer.length
    try {
      await this.#core.faults.pause?.('planned')
      for (const { write } of planned) for (const block of write) block.location = writer.append(block.key, block.bytes)
      writer.appendMarker(
        planned.flatMap(({ marker }) => marker ?? []),
        this.#core.nextSequence(),
      )
      await writer.sync()
      await this.#core.faults.pause?.('synced')
      this.#apply(planned, writer)
    } catch (error) {
      await this.#cutBack(writer, start, error)
      const frees = planned.some(({ item }) => item.frees)
      const again = frees && isNoSpace(error) && (await this.#core.reserve.spend())
      for (const { item } of planned) {
        if (again && item.frees) this.#queue.push(item)
        else this.#fail(item, asStoreError(error))
      }
      return
    }
    for (const { item, marker } of planned) {
      const end = item.settle()
      if (end === 'again') this.#queue.push(item)
      // Its marker is durable: without another one a rebuilt index would look for it.
      if (end === 'void' && marker !== undefined)
        this.#queue.push(new VoidItem({ contentId: marker.contentId, segment: writer.id }))
    }
    await this.#rotate(writer)
    this.#cascade.resume()
  }

  #fail(item: BatchItem, error: unknown): void {
    item.fail(error)
    if (item.voided !== undefined) this.#queue.push(new VoidItem(item.voided))
  }

  #writer(): SegmentWriter {
    const { settings, faults } = this.#core
    this.#segment ??= SegmentWriter.create(
      settings.directory,
      this.#core.nextSegmentId(),
      newTitle('shared', this.#realm),
      faults,
    )
    return this.#segment
  }

  #apply(planned: readonly Planned[], writer: SegmentWriter): void {
    const { index, settings } = this.#core
    // No marker says that damage was mended.
    const isAllInMarkers = !this.#core.damage.any && planned.every(({ marker }) => marker !== undefined)
    const touched = this.#core.transaction(
      () => {
        const change = new IndexChange(index, this.#realm)
        const released: BlockKey[] = []
        for (const { item } of planned) item.apply({ core: this.#core, change, segment: writer.id, released })
        if (released.length > 0) this.#cascade.step(change, released)
        index.putSegment(writer.id, {
          ...(index.segment(writer.id) ?? newSegmentMeta('shared', this.#realm, writer.secret)),
          length: writer.length,
          sealed: writer.length >= settings.segmentBytes,
        })
        return change.write()
      },
      isAllInMarkers ? FROM_MARKERS : undefined,
    )
    this.#core.collectDead([...touched, writer.id])
  }

  /** Closes the segment that is written to, between two batches, when `isWorth` says so of it: a compaction can take it then. */
  async sealOpen(isWorth: (meta: SegmentMeta) => boolean): Promise<void> {
    if (this.#closed) return
    const sealing = (this.#sealing ??= { isWorth, ...Promise.withResolvers<void>() })
    this.#running ??= this.#run()
    await sealing.promise
  }

  async #sealIfAsked(): Promise<void> {
    const sealing = this.#sealing
    const writer = this.#segment
    if (sealing === undefined) return
    this.#sealing = undefined
    const meta = writer === undefined ? undefined : this.#core.index.segment(writer.id)
    if (writer !== undefined && meta !== undefined && sealing.isWorth(meta)) {
      await this.#abandon(writer)
      this.#core.collectDead([writer.id])
    }
    sealing.resolve()
  }

  async #rotate(writer: SegmentWriter): Promise<void> {
    if (writer.length < this.#core.settings.segmentBytes) return
    this.#segment = undefined
    await writer.close()
  }

  // After a failure nothing of the batch may stay: the tail is cut, and after anything but a full disk the file is not trusted again.
  async #cutBack(writer: SegmentWriter, start: number, error: unknown): Promise<void> {
    this.#core.logger.error({ err: error, segment: writer.id }, 'a batch could not be stored')
    try {
      if (this.#core.index.segment(writer.id) === undefined) {
        this.#segment = undefined
        await writer.discard()
        return
      }
      await writer.truncate(start)
      if (isNoSpace(error)) return
    } catch (second) {
      this.#core.logger.error({ err: second, segment: writer.id }, 'the tail of a failed batch could not be cut')
    }
    await this.#abandon(writer)
  }

  async #abandon(writer: SegmentWriter): Promise<void> {
    this.#segment = undefined
    await writer.close()
    try {
      this.#core.transaction(() => {
        const meta = this.#core.index.segment(writer.id)
        if (meta !== undefined) this.#core.index.putSegment(writer.id, { ...meta, sealed: true })
      })
    } catch (error) {
      this.#core.logger.error({ err: error, segment: writer.id }, 'a segment could not be sealed')
    }
  }

  /** Goes on with what was pushed to `releasing` by others. */
  resumeCascade(): void {
    this.#cascade.resume()
  }

  /** Resolves when nothing is queued, and nothing is left to give back. */
  async idle(): Promise<void> {
    while (this.#running !== undefined || this.#cascade.running !== undefined) {
      await this.#running
      await this.#cascade.running
    }
  }

  /** Lets what is queued finish; a cascade stops after its slice and goes on at the next start. */
  async close(): Promise<void> {
    await this.#running
    this.#closed = true
    await this.#cascade.close()
    await this.#segment?.close()
    this.#segment = undefined
  }
}
