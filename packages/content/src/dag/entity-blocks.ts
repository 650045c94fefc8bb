import { CODEC_DAG_PB, CODEC_RAW } from '@packages/shared/cid'
import type { CID } from 'multiformats/cid'
import type { BlockSource } from '../block-source.ts'
import { BlockLoader } from '../unixfs/block-loader.ts'
import { DagLimitError, NotADirectoryError, NotAFileError } from '../unixfs/dag-errors.ts'
import { decodeDirectoryNode, type DirectoryNode } from '../unixfs/directory-node-decode.ts'
import { childCid, decodeFileNode, type FileNode } from '../unixfs/file-node-decode.ts'
import { listShards } from '../unixfs/hamt-reader.ts'
import type { ByteRange } from '../unixfs/walk-file.ts'
import type { WalkedBlock } from './walk-dag.ts'

/** The bytes of a file of this size that are wanted; empty when none of them are. */
export type SelectBytes = (size: number) => ByteRange

/**
 * The blocks that one entity consists of, depth first (IPIP-402, `dag-scope=entity`): all of a UnixFS file, or those that its
 * selected bytes lie in; a directory with its shards, and nothing of what it lists; of anything else its one block.
 * Identity CIDs are among them. A block comes as often as it is met.
 * @throws MissingBlockError, InvalidDagError, DagLimitError; the signal's reason
 */
export async function* entityBlocks(
  source: BlockSource,
  cid: CID,
  { select, signal }: { select?: SelectBytes | undefined; signal?: AbortSignal } = {},
): AsyncGenerator<WalkedBlock, void, undefined> {
  const loader = new BlockLoader(source, signal === undefined ? {} : { signal })
  const bytes = await loader.block(cid)
  yield { cid, bytes }
  if (cid.code !== CODEC_DAG_PB) return
  const file = asFile(cid, bytes, loader)
  if (file !== undefined) {
    yield* fileBlocks(loader, file, select?.(file.size) ?? { start: 0, end: file.size })
    return
  }
  const directory = asDirectory(cid, bytes, loader)
  if (directory?.shard !== undefined) yield* shardBlocks(loader, directory)
}

const asFile = (cid: CID, bytes: Uint8Array, { limits }: BlockLoader): FileNode | undefined => {
  try {
    return decodeFileNode(cid, bytes, limits.maxLinks)
  } catch (error) {
    if (error instanceof NotAFileError) return undefined
    throw error
  }
}

const asDirectory = (cid: CID, bytes: Uint8Array, { limits }: BlockLoader): DirectoryNode | undefined => {
  try {
    return decodeDirectoryNode(cid, bytes, limits.maxOpenLinks)
  } catch (error) {
    if (error instanceof NotADirectoryError) return undefined
    throw error
  }
}

async function* shardBlocks(loader: BlockLoader, root: DirectoryNode): AsyncGenerator<WalkedBlock> {
  let met: WalkedBlock[] = []
  for await (const _entry of listShards(loader, root, ({ cid, block }) => met.push({ cid, bytes: block }))) {
    yield* met
    met = []
  }
}

type Frame = { node: FileNode; next: number; at: number }

const frameOf = (node: FileNode, offset: number): Frame => ({
  node,
  next: 0,
  at: offset + node.inline.end - node.inline.start,
})

async function* fileBlocks(
  loader: BlockLoader,
  root: FileNode,
  { start, end }: ByteRange,
): AsyncGenerator<WalkedBlock> {
  const frames = [frameOf(root, 0)]
  let openLinks = root.links.length
  for (let frame = frames.at(-1); frame !== undefined; frame = frames.at(-1)) {
    const { node, at } = frame
    const index = frame.next++
    const size = node.blocksizes[index]
    if (size === undefined || at >= end) {
      frames.pop()
      openLinks -= node.links.length
      continue
    }
    frame.at += size
    // Children that are said to hold nothing are never visited: each block that is loaded has to give a byte.
    if (size === 0 || frame.at <= start) continue
    const child = await loader.child(childCid(node, index), size)
    yield { cid: child.cid, bytes: child.block }
    loader.account(child.cid.code === CODEC_RAW ? size : child.inline.end - child.inline.start)
    if (child.links.length === 0) continue
    openLinks += child.links.length
    if (frames.length >= loader.limits.maxDepth || openLinks > loader.limits.maxOpenLinks)
      throw new DagLimitError(root.cid, 'the file is too deep')
    frames.push(frameOf(child, at))
  }
}
