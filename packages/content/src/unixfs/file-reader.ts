import { HoldfastError } from '@packages/shared/holdfast-error'
import type { CID } from 'multiformats/cid'
import type { BlockSource } from '../block-source.ts'
import { BlockLoader } from './block-loader.ts'
import { InvalidDagError } from './dag-errors.ts'
import { decodeFileNode, type FileNode } from './file-node-decode.ts'
import type { ReadLimits } from './read-limits.ts'
import { type ByteRange, type Extent, walkFile } from './walk-file.ts'

/** Blocks that are asked for before their bytes are wanted. */
const DEFAULT_AHEAD = 3

export type OpenFileOptions = { signal?: AbortSignal; limits?: Partial<ReadLimits> }
export type ReadOptions = { signal?: AbortSignal; ahead?: number }

/** A UnixFS file behind a CID. */
export type UnixfsFile = {
  root: CID
  /** Bytes of the file as its root claims; a read that finds otherwise ends with an error. */
  size: number
  /**
   * The bytes of `range` (`end` exclusive; by default all) as views of the blocks they lie in. Never gives more bytes than
   * the range has; gives fewer only by throwing.
   * @throws HoldfastError `range_not_satisfiable`; MissingBlockError, InvalidDagError, DagLimitError; the signal's reason
   */
  read(range?: ByteRange, options?: ReadOptions): AsyncIterable<Uint8Array>
}

/**
 * Opens a file by its root, of which only the first block is loaded.
 * @throws NotAFileError (`not_supported`) for directories, symlinks and other codecs; MissingBlockError (`not_found`),
 *   InvalidDagError (`invalid_dag`); the signal's reason
 */
export const openFile = async (source: BlockSource, root: CID, options: OpenFileOptions = {}): Promise<UnixfsFile> => {
  const node = await loadRoot(new BlockLoader(source, options), root)
  return {
    root,
    size: node.size,
    read: (range = { start: 0, end: node.size }, { signal = options.signal, ahead = DEFAULT_AHEAD } = {}) => {
      const { start, end } = range
      if (!Number.isSafeInteger(start) || !Number.isSafeInteger(end) || start < 0 || start > end || end > node.size)
        throw new HoldfastError('range_not_satisfiable')
      return readRange(source, node, range, ahead, signal, options.limits)
    },
  }
}

const loadRoot = async (loader: BlockLoader, root: CID): Promise<FileNode> =>
  decodeFileNode(root, await loader.block(root), loader.limits.maxLinks)

async function* readRange(
  source: BlockSource,
  root: FileNode,
  range: ByteRange,
  ahead: number,
  outer: AbortSignal | undefined,
  limits: Partial<ReadLimits> | undefined,
): AsyncGenerator<Uint8Array> {
  const inner = new AbortController()
  const signal = outer === undefined ? inner.signal : AbortSignal.any([outer, inner.signal])
  const loader = new BlockLoader(source, { signal, ...(limits === undefined ? {} : { limits }) })
  const queue: Promise<Uint8Array>[] = []
  try {
    for await (const extent of walkFile(loader, root, range, ahead)) {
      const bytes = loadExtent(loader, extent)
      bytes.catch(() => undefined)
      queue.push(bytes)
      if (queue.length >= ahead) yield await (queue.shift() as Promise<Uint8Array>)
    }
    for (const bytes of queue) yield await bytes
  } finally {
    inner.abort()
  }
}

const loadExtent = async (loader: BlockLoader, extent: Extent): Promise<Uint8Array> => {
  const { cid, block: held, blockLength, blockOffset, length } = extent
  const block = held ?? (await loader.block(cid))
  if (blockLength !== undefined && block.length !== blockLength)
    throw new InvalidDagError(cid, `it holds ${block.length} bytes where ${blockLength} are claimed`)
  if (held === undefined) loader.account(length)
  return block.subarray(blockOffset, blockOffset + length)
}
