import { childCid, decodeFileNode, type FileNode } from '@packages/content/unixfs/file-node-decode'
import { DagLimitError, InvalidDagError } from '@packages/content/unixfs/dag-errors'
import { READ_LIMITS } from '@packages/content/unixfs/read-limits'
import { CODEC_RAW } from '@packages/shared/cid'
import type { CID } from 'multiformats/cid'
import { ContentGone } from './block-errors.ts'
import type { Content } from './content.ts'
import type { HeldBlocks } from './held-blocks.ts'
import { WeightedCache } from './weighted-cache.ts'

/** Nodes of one file that are kept decoded: enough for a path through any tree and all nodes of files up to some GiB. */
const LAYOUT_BYTES = 4 * 1024 * 1024
/** About what a link costs decoded, beside the block. */
const LINK_BYTES = 100
const LEAF_BYTES = 200

/** Blocks that one read may take whatever they yield; beyond them each has to bring `minBytesPerBlock` on average. */
const FREE_BLOCKS = 1024

/** A dag-pb node on the way; a leaf keeps only where its bytes lie. `starts`: where each child begins, from the node's own start. */
type Inner = { node: FileNode; starts: Float64Array }
type Leaf = { cid: CID; from: number; length: number }
/** Bytes of the file that lie together in one block. */
type Extent = { cid: CID; from: number; length: number }
/** A node on the way that has to be read first. */
type Unread = () => Promise<Inner | Leaf>

/**
 * Opens a UnixFS file that is a tree of blocks.
 * @throws NotAFileError, InvalidDagError, DagLimitError, ContentGone, CorruptBlock
 */
export const openTreeContent = async (blocks: HeldBlocks, root: CID): Promise<Content> => {
  const node = await loadNode(blocks, root)
  const tree = new TreeContent(blocks, layOut(node))
  await tree.measure()
  return tree
}

const loadNode = async (blocks: HeldBlocks, cid: CID): Promise<FileNode> => {
  const size = blocks.sizeOf(cid)
  if (size === undefined) throw new ContentGone(`the block ${cid} is not held any more`)
  const block = Buffer.allocUnsafeSlow(size)
  await blocks.read(cid, 0, block)
  return decodeFileNode(cid, block, READ_LIMITS.maxLinks)
}

const layOut = (node: FileNode): Inner => {
  const starts = new Float64Array(node.links.length)
  let at = node.inline.end - node.inline.start
  for (let index = 0; index < starts.length; index++) {
    starts[index] = at
    at += node.blocksizes[index] as number
  }
  return { node, starts }
}

/** The last child that starts at or before `offset`: of children without bytes that share a start, the one that has some. */
const childAt = (starts: Float64Array, offset: number): number => {
  let low = 0
  let high = starts.length
  while (high - low > 1) {
    const middle = (low + high) >>> 1
    if ((starts[middle] as number) <= offset) low = middle
    else high = middle
  }
  return low
}

class TreeContent implements Content {
  readonly size: number
  readonly body = undefined
  readonly #blocks: HeldBlocks
  readonly #root: Inner
  readonly #nodes = new WeightedCache<Inner | Leaf>(LAYOUT_BYTES)
  /** The size of the first leaf, which in files of all usual builders is that of each but the last. */
  #leafBytes = 1

  constructor(blocks: HeldBlocks, root: Inner) {
    this.#blocks = blocks
    this.#root = root
    this.size = root.node.size
  }

  get layoutBytes(): number {
    const leaves = Math.ceil(this.size / this.#leafBytes)
    return this.#root.node.block.length + Math.min(LAYOUT_BYTES, leaves * LINK_BYTES)
  }

  async measure(): Promise<void> {
    try {
      if (this.size > 0) this.#leafBytes = (await this.#extentAt(0)).length
    } catch (error) {
      // What is behind its first bytes may be held.
      if (!(error instanceof ContentGone)) throw error
    }
  }

  boundary(position: number, limit: number): number {
    const leaf = this.#leafBytes
    const next = (Math.floor(position / leaf) + 1) * leaf - position
    if (next >= limit) return limit
    return Math.floor((position + limit) / leaf) * leaf - position
  }

  async read(position: number, target: Buffer): Promise<void> {
    const reads: Promise<void>[] = []
    const most = FREE_BLOCKS + target.length / READ_LIMITS.minBytesPerBlock
    for (let done = 0; done < target.length; ) {
      const extent = await this.#extentAt(position + done)
      const length = Math.min(extent.length, target.length - done)
      const read = this.#blocks.read(extent.cid, extent.from, target.subarray(done, done + length))
      // Whoever waits for all of them sees the failure; here it must only not count as unhandled meanwhile.
      read.catch(() => {})
      reads.push(read)
      if (reads.length > most) throw new DagLimitError(this.#root.node.cid, 'it consists of blocks that are too small')
      done += length
    }
    await Promise.all(reads)
  }

  extent(position: number, limit: number): ReturnType<HeldBlocks['extentOf']> {
    const { done, value } = this.#find(position).next()
    if (done !== true) return undefined
    return this.#blocks.extentOf(value.cid, value.from, Math.min(value.length, limit))
  }

  async #extentAt(position: number): Promise<Extent> {
    const finding = this.#find(position)
    let step = finding.next()
    while (step.done !== true) step = finding.next(await step.value())
    return step.value
  }

  /** Down to the bytes at a position. Yields what is not known, and takes it. */
  *#find(position: number): Generator<Unread, Extent, Inner | Leaf> {
    let at: Inner = this.#root
    let base = 0
    for (let depth = 1; depth <= READ_LIMITS.maxDepth; depth++) {
      const { node, starts } = at
      const offset = position - base
      const inline = node.inline.end - node.inline.start
      if (offset < inline) return { cid: node.cid, from: node.inline.start + offset, length: inline - offset }
      const index = childAt(starts, offset)
      const start = starts[index] as number
      const size = node.blocksizes[index] as number
      const child = childCid(node, index)
      const within = offset - start
      if (child.code === CODEC_RAW) {
        if (this.#sizeOfLeaf(child) !== size) yield () => this.#explainLeaf(child, size)
        return { cid: child, from: within, length: size - within }
      }
      base += start
      const key = `${depth}/${base}`
      const next = this.#nodes.get(key) ?? (yield () => this.#load(child, size, key))
      if ('from' in next) return { cid: next.cid, from: next.from + within, length: next.length - within }
      at = next
    }
    throw new DagLimitError(this.#root.node.cid, `it is deeper than ${READ_LIMITS.maxDepth} blocks`)
  }

  #sizeOfLeaf(cid: CID): number {
    const size = this.#blocks.sizeOf(cid)
    if (size === undefined) throw new ContentGone(`the block ${cid} is not held any more`)
    return size
  }

  /** Either the parent is wrong, or what the index says of the block: then its bytes do not fit its hash. */
  async #explainLeaf(cid: CID, claimed: number): Promise<never> {
    const size = this.#sizeOfLeaf(cid)
    await this.#blocks.read(cid, 0, Buffer.allocUnsafeSlow(size))
    throw new InvalidDagError(cid, `it has ${size} bytes, its parent says ${claimed}`)
  }

  async #load(cid: CID, claimed: number, key: string): Promise<Inner | Leaf> {
    const node = await loadNode(this.#blocks, cid)
    if (node.size !== claimed) throw new InvalidDagError(cid, `it holds ${node.size} bytes, its parent says ${claimed}`)
    const { inline, links, block } = node
    if (links.length === 0) {
      const leaf = { cid, from: inline.start, length: inline.end - inline.start }
      this.#nodes.set(key, leaf, LEAF_BYTES)
      return leaf
    }
    const inner = layOut(node)
    this.#nodes.set(key, inner, block.length + links.length * LINK_BYTES)
    return inner
  }
}
