import type { FileExtent } from '@packages/content/block-store/store-reader'

/** The bytes behind one representation, readable at random; every byte that is handed out has been verified. */
export type Content = {
  readonly size: number
  /** All of it, when it is small and was read before. */
  readonly body: Buffer | undefined
  /** Memory that its layout may come to take, in bytes. */
  readonly layoutBytes?: number
  /** Where a read that starts at `position` should end, at most `limit` bytes on: the next place where blocks meet. */
  boundary(position: number, limit: number): number
  /**
   * Fills `target` with the bytes from `position` on.
   * @throws ContentGone when a block is not held any more, CorruptBlock when one does not match its hash
   */
  read(position: number, target: Buffer): Promise<void>
  /**
   * Where at most `limit` of its verified bytes lie together in a file, from `position` on, for this turn of the event loop: who sends them from there need not read them.
   * Undefined where that is not known at once.
   * @throws what `read` rejects with
   */
  extent?(position: number, limit: number): FileExtent | undefined
}
