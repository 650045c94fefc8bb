import { HoldfastError } from '@packages/shared/holdfast-error'
import { canonicalCid } from '@packages/shared/cid'
import type { CID } from 'multiformats/cid'
import { applyItem } from './apply-item.ts'
import type { BatchApply, BatchItem, BatchPlan, BufferedBlock, VoidMarker } from './batch-item.ts'
import { type BlockKey, keyToBytes, keyToCid } from './block-key.ts'
import { rootTargets } from './block-links.ts'
import type { MarkerItem } from './commit-marker.ts'
import { knownDamaged, mendBrought } from './mend-blocks.ts'
import { planUpload } from './plan-upload.ts'
import { hasOwner, knownSize, realmOf, rootOf } from './root-keys.ts'
import { incompleteDag } from './store-error.ts'
import type { TakeResult } from './take-dag.ts'

/** Bytes and number of an upload's distinct blocks. */
export type DagSize = { dagSize: number; blocks: number }
type Settle<T> = { resolve: (value: T) => void; reject: (error: unknown) => void }
type Write = { marker: MarkerItem; write: BufferedBlock[] }

const claim = (plan: BatchPlan, contentId: string): void => {
  if (plan.contentIds.has(contentId) || hasOwner(plan.core.index, contentId))
    throw new HoldfastError('conflict', { detail: 'This content id has a root already.' })
  plan.contentIds.add(contentId)
}

const isHeld = (plan: BatchPlan, key: BlockKey): boolean =>
  plan.planned.has(key) || plan.core.index.blocks(plan.realm).doesExist(keyToBytes(key))

/** `known`: what the caller says is below the root. */
type BufferedUpload = { contentId: string; root: CID; blocks: Map<BlockKey, BufferedBlock>; known: DagSize | undefined }

/** An upload that fits into memory. */
export class CommitItem implements BatchItem {
  readonly size: { blocks: number; bytes: number }
  readonly frees = false
  readonly #contentId: string
  readonly #root: CID
  readonly #blocks: Map<BlockKey, BufferedBlock>
  readonly #dagSize: DagSize
  readonly #settle: Settle<DagSize>
  #marker: MarkerItem | undefined
  #writeAll = false
  #result: TakeResult = { state: 'done' }
  #voided: VoidMarker | undefined

  constructor({ contentId, root, blocks, known }: BufferedUpload, settle: Settle<DagSize>) {
    this.#contentId = contentId
    this.#root = root
    this.#blocks = blocks
    this.#settle = settle
    let bytes = 0
    for (const block of blocks.values()) bytes += block.bytes.length
    this.size = { blocks: blocks.size, bytes }
    this.#dagSize = known ?? { dagSize: bytes, blocks: blocks.size }
  }

  plan(plan: BatchPlan): Write {
    plan.core.reserve.check()
    claim(plan, this.#contentId)
    for (const block of this.#blocks.values()) block.location = undefined
    const needed = planUpload({
      targets: rootTargets(this.#root, plan.realm),
      links: (key) => this.#blocks.get(key)?.links,
      has: (key) => !(this.#writeAll && this.#blocks.has(key)) && isHeld(plan, key),
    })
    const keys = new Set([...needed, ...knownDamaged(plan.core, plan.realm, this.#blocks)])
    const write = [...keys].flatMap((key) => this.#blocks.get(key) ?? [])
    for (const key of needed) plan.planned.add(key)
    this.#marker = {
      kind: 'commit',
      contentId: this.#contentId,
      cid: canonicalCid(this.#root),
      at: plan.core.settings.now(),
      bytes: this.#dagSize.dagSize,
      blocks: this.#dagSize.blocks,
    }
    return { marker: this.#marker, write }
  }

  apply(apply: BatchApply): void {
    if (this.#marker === undefined) return
    this.#result = applyItem(apply, this.#marker, { find: (key) => this.#blocks.get(key) })
    if (this.#result.state === 'done') mendBrought(apply.core, apply.change, this.#blocks)
    if (this.#voided !== undefined) apply.change.outlive(this.#voided.segment, apply.segment, true)
    if (this.#result.state !== 'done') this.#voided = { contentId: this.#contentId, segment: apply.segment }
  }

  get voided(): VoidMarker | undefined {
    return this.#voided
  }

  settle(): 'done' | 'again' | 'void' {
    if (this.#result.state === 'missing') {
      this.#settle.reject(incompleteDag(keyToCid(this.#result.key).toString()))
      return 'void'
    }
    if (this.#result.state !== 'done') {
      // What the plan saw was released before the transaction: bring it all.
      this.#writeAll = true
      return 'again'
    }
    this.#settle.resolve(this.#dagSize)
    return 'done'
  }

  fail(error: unknown): void {
    this.#settle.reject(error)
  }
}

/** A root on a DAG that is held already; resolves with false when it is not. */
export class AdoptItem implements BatchItem {
  readonly size = { blocks: 1, bytes: 0 }
  readonly frees = false
  readonly #contentId: string
  readonly #root: CID
  readonly #known: { bytes: number; blocks: number } | undefined
  readonly #settle: Settle<boolean>
  #marker: MarkerItem | undefined
  #taken = false

  constructor(
    contentId: string,
    root: CID,
    known: { bytes: number; blocks: number } | undefined,
    settle: Settle<boolean>,
  ) {
    this.#contentId = contentId
    this.#root = root
    this.#known = known
    this.#settle = settle
  }

  plan(plan: BatchPlan): Write | undefined {
    if (!rootTargets(this.#root, plan.realm).every((key) => isHeld(plan, key))) {
      this.#settle.resolve(false)
      return undefined
    }
    plan.core.reserve.check()
    claim(plan, this.#contentId)
    this.#marker = {
      kind: 'adopt',
      contentId: this.#contentId,
      cid: canonicalCid(this.#root),
      at: plan.core.settings.now(),
      ...(this.#known ?? knownSize(plan.core.index, plan.realm, this.#root)),
    }
    return { marker: this.#marker, write: [] }
  }

  apply(apply: BatchApply): void {
    if (this.#marker !== undefined) this.#taken = applyItem(apply, this.#marker).state === 'done'
  }

  settle(): 'done' | 'void' {
    this.#settle.resolve(this.#taken)
    return this.#taken ? 'done' : 'void'
  }

  fail(error: unknown): void {
    this.#settle.reject(error)
  }
}

/** Takes a root away. */
export class ReleaseItem implements BatchItem {
  readonly size = { blocks: 1, bytes: 0 }
  readonly frees = true
  readonly #contentId: string
  readonly #settle: Settle<boolean>
  #marker: MarkerItem | undefined
  #removed = false

  constructor(contentId: string, settle: Settle<boolean>) {
    this.#contentId = contentId
    this.#settle = settle
  }

  plan(plan: BatchPlan): Write | undefined {
    const { index } = plan.core
    if (realmOf(index, this.#contentId) === undefined) {
      this.#settle.resolve(false)
      return undefined
    }
    const of = rootOf(index, this.#contentId)?.value.segment
    this.#marker = { kind: 'release', contentId: this.#contentId, ...(of === undefined ? {} : { of }) }
    return { marker: this.#marker, write: [] }
  }

  apply(apply: BatchApply): void {
    this.#removed = realmOf(apply.core.index, this.#contentId) !== undefined
    if (this.#marker !== undefined) applyItem(apply, this.#marker)
  }

  settle(): 'done' {
    this.#settle.resolve(this.#removed)
    return 'done'
  }

  fail(error: unknown): void {
    this.#settle.reject(error)
  }
}

/** Takes nothing: its marker says that an earlier one does not count. */
export class VoidItem implements BatchItem {
  readonly size = { blocks: 1, bytes: 0 }
  readonly frees = true
  readonly #marker: VoidMarker
  readonly #done: (() => void) | undefined

  /** @param done called when the marker is durable, is not needed, or cannot be written */
  constructor(marker: VoidMarker, done?: () => void) {
    this.#marker = marker
    this.#done = done
  }

  plan({ core }: BatchPlan): Write | undefined {
    const { contentId, segment: of } = this.#marker
    // Never for a root that is there after all.
    if (hasOwner(core.index, contentId)) {
      this.#done?.()
      return undefined
    }
    return { marker: { kind: 'release', contentId, of }, write: [] }
  }

  apply({ change, segment }: BatchApply): void {
    change.outlive(this.#marker.segment, segment, false)
  }

  settle(): 'done' {
    this.#done?.()
    return 'done'
  }

  /** The marker stays as it is: a rebuilt index may hold a root that nobody asked for, and the collector finds it. */
  fail(): void {
    this.#done?.()
  }
}
