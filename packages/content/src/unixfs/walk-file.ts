import type { CID } from 'multiformats/cid'
import { type BlockLoader, mayHaveLinks } from './block-loader.ts'
import { DagLimitError } from './dag-errors.ts'
import { childCid, type FileNode } from './file-node-decode.ts'

/** A run of bytes of a file that lie in one block. */
export type Extent = {
  cid: CID
  length: number
  /** Where it begins in the block. */
  blockOffset: number
  /** The block, where the walk had to load it; raw leaves are left to the caller. */
  block: Uint8Array | undefined
  /** Bytes that the whole block must have; known for raw leaves. */
  blockLength: number | undefined
}

type Child = { cid: CID; offset: number; size: number; node?: Promise<FileNode> }
type Frame = { children: Child[]; next: number; links: number; overLeaves: boolean }
export type ByteRange = { start: number; end: number }

/**
 * Walks a file in order and gives the runs of bytes that lie in `range`, loading the nodes above them as it goes, and up
 * to `ahead` dag-pb leaves before they are asked for. Children that are said to hold nothing are never visited: so each
 * block that is loaded has to give at least a byte, or is found to lie.
 */
export async function* walkFile(
  loader: BlockLoader,
  root: FileNode,
  range: ByteRange,
  ahead: number,
): AsyncGenerator<Extent> {
  const frames: Frame[] = []
  let openLinks = 0
  yield* inlineExtent(root, 0, range)
  const open = (node: FileNode, offset: number): void => {
    openLinks += node.links.length
    if (frames.length + 1 >= loader.limits.maxDepth)
      throw new DagLimitError(root.cid, `the file is deeper than ${loader.limits.maxDepth} blocks`)
    if (openLinks > loader.limits.maxOpenLinks)
      throw new DagLimitError(root.cid, `a path has more than ${loader.limits.maxOpenLinks} links`)
    const children = childrenInRange(node, offset, range)
    frames.push({ children, next: 0, links: node.links.length, overLeaves: false })
  }
  if (root.links.length > 0) open(root, 0)

  for (let frame = frames.at(-1); frame !== undefined; frame = frames.at(-1)) {
    const child = frame.children[frame.next]
    if (child === undefined) {
      frames.pop()
      openLinks -= frame.links
      continue
    }
    if (!mayHaveLinks(child.cid)) {
      frame.next++
      yield* leafExtent(child, range)
      continue
    }
    // One node ahead is enough above the lowest level: its blocks would only wait in memory.
    loadAhead(loader, frame, frame.overLeaves ? ahead : 1)
    const node = await (child.node as Promise<FileNode>)
    delete child.node
    frame.next++
    frame.overLeaves = node.links.length === 0
    for (const extent of inlineExtent(node, child.offset, range)) {
      loader.account(extent.length)
      yield extent
    }
    if (node.links.length > 0) open(node, child.offset)
  }
}

const childrenInRange = (node: FileNode, offset: number, { start, end }: ByteRange): Child[] => {
  const children: Child[] = []
  let at = offset + node.inline.end - node.inline.start
  for (const [index, size] of node.blocksizes.entries()) {
    if (at >= end) break
    if (size > 0 && at + size > start) children.push({ cid: childCid(node, index), offset: at, size })
    at += size
  }
  return children
}

const loadAhead = (loader: BlockLoader, frame: Frame, count: number): void => {
  const to = Math.min(frame.next + count, frame.children.length)
  for (let index = frame.next; index < to; index++) {
    const child = frame.children[index] as Child
    if (child.node !== undefined || !mayHaveLinks(child.cid)) continue
    child.node = loader.child(child.cid, child.size)
    // What fails ahead is thrown when its turn comes; a walk that ends before must not crash the process.
    child.node.catch(() => undefined)
  }
}

function* leafExtent(child: Child, range: ByteRange): Generator<Extent> {
  const from = Math.max(range.start - child.offset, 0)
  const to = Math.min(range.end - child.offset, child.size)
  const place = { cid: child.cid, length: to - from, blockOffset: from }
  yield { ...place, block: undefined, blockLength: child.size }
}

function* inlineExtent(node: FileNode, offset: number, range: ByteRange): Generator<Extent> {
  const from = Math.max(range.start - offset, 0)
  const to = Math.min(range.end - offset, node.inline.end - node.inline.start)
  if (to <= from) return
  const place = { cid: node.cid, length: to - from, blockOffset: node.inline.start + from }
  yield { ...place, block: node.block, blockLength: undefined }
}
