import { type FileHandle, open, stat, unlink } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { isMissingFile } from './store-error.ts'

/**
 * A file system frees what a file had in one go, and syncs of others wait for it: up to 45 ms on ext4 for a segment of 256 MiB, 8 ms
 * when it is cut in slices with pauses. Cuts are at multiples of this: what is left of a page that is cut through is filled with
 * zeros, and a socket may still be sending from it (`sendfile` gives it the page itself, ADR 0173). With pages of 4 KiB Linux has
 * no folio in its page cache that reaches over such a border.
 */
const SLICE_BYTES = 8 * 1024 * 1024
const PAUSE_MS = 10

/** A segment that has no name any more. */
export type UnlinkedSegment = {
  /** Gives its space back slowly. Whoever still has it open finds that it ends too early: see `SegmentPool`. */
  giveBack(): Promise<void>
}

/** Takes a segment's name away; its space is kept until `giveBack`, or until the process ends. */
export const unlinkSegment = async (path: string): Promise<UnlinkedSegment> => {
  const file = await openLarge(path)
  try {
    await unlink(path)
  } catch (error) {
    if (!isMissingFile(error)) {
      await file?.close()
      throw error
    }
  }
  return { giveBack: async () => file && shrink(file) }
}

/** Small ones are not kept open: there may be many at once, and they go in one slice. */
const openLarge = async (path: string): Promise<FileHandle | undefined> => {
  try {
    if ((await stat(path)).size <= SLICE_BYTES) return undefined
    return await open(path, 'r+')
  } catch (error) {
    if (isMissingFile(error)) return undefined
    throw error
  }
}

const shrink = async (file: FileHandle): Promise<void> => {
  try {
    const { size } = await file.stat()
    for (let left = lastBorder(size); left > 0; left -= SLICE_BYTES) {
      await file.truncate(left)
      await sleep(PAUSE_MS)
    }
  } finally {
    await file.close()
  }
}

/** The last place before the end where it may be cut. */
const lastBorder = (size: number): number => (Math.ceil(size / SLICE_BYTES) - 1) * SLICE_BYTES
