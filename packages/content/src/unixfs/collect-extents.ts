import type { CID } from 'multiformats/cid'
import type { BlockSource } from '../block-source.ts'
import { BlockLoader } from './block-loader.ts'
import { loadRoot } from './file-reader.ts'
import type { ReadLimits } from './read-limits.ts'
import { type Extent, walkFile } from './walk-file.ts'

export type CollectExtentsOptions = {
  /** Extents that the caller is ready to hold. */
  maxExtents?: number
  /** Blocks that may be loaded for it. Files with dag-pb leaves need all of theirs, files with raw leaves none. */
  maxBlocks?: number
  signal?: AbortSignal
  limits?: Partial<ReadLimits>
}

export type FileExtents = {
  root: CID
  size: number
  /** In the order of the file, without gaps; `blockOffset` tells where the bytes lie in the block of `cid`. */
  extents: Extent[] | undefined
}

/** Dag-pb blocks that are loaded at the same time. */
const AHEAD = 3

/**
 * Where all bytes of a file lie, for a server that reads them by itself. `extents` is undefined when there are more than
 * the options allow: read such a file by `openFile`. The length of a raw block is as its parent claims: the caller has
 * to check it against the block's own.
 * @throws as `openFile`
 */
export const collectExtents = async (
  source: BlockSource,
  root: CID,
  { maxExtents = 4096, maxBlocks = 1100, ...options }: CollectExtentsOptions = {},
): Promise<FileExtents> => {
  const loader = new BlockLoader(source, options)
  const node = await loadRoot(loader, root)
  const extents: Extent[] = []
  for await (const extent of walkFile(loader, node, { start: 0, end: node.size }, AHEAD)) {
    if (extents.length === maxExtents || loader.loaded > maxBlocks) return { root, size: node.size, extents: undefined }
    const { cid, offset, length, blockOffset } = extent
    extents.push({ cid, offset, length, blockOffset })
  }
  return { root, size: node.size, extents }
}
