import type { BlockKey } from '@packages/content/block-store/block-key'
import type { FileExtent } from '@packages/content/block-store/store-reader'
import type { CID } from 'multiformats/cid'

/** What the gateway needs of a store: which blocks are held now, and their verified bytes. */
export type HeldBlocks = {
  /**
   * The block's size in bytes by the index as it is now, `undefined` when it is not held. Synchronous and cheap.
   * @throws CorruptBlock when the index should have it and has lost it
   */
  sizeOf(cid: CID): number | undefined
  /**
   * Fills `target` with the block's bytes from `from` on.
   * @throws ContentGone, CorruptBlock
   */
  read(cid: CID, from: number, target: Buffer): Promise<void>
  /**
   * Where `length` verified bytes of the block lie in a file, from `from` on, as the index is now: what `read` would give, for this turn of the event loop. Undefined where that
   * is not known without reading them.
   * @throws what `sizeOf` throws
   */
  extentOf(cid: CID, from: number, length: number): FileExtent | undefined
  /** Fills `target` with the whole block in this turn, where that costs little; false: `read` has to, and says what is wrong. */
  readNow?(cid: CID, target: Buffer): boolean
  /** How often the block is linked to, by each key that its bytes are held under. */
  countsOf(cid: CID): { key: BlockKey; count: number }[]
  close(): Promise<void>
}
