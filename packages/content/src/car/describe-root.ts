import { setImmediate as nextTurn } from 'node:timers/promises'
import { CODEC_DAG_PB, CODEC_RAW } from '@packages/shared/cid'
import { HoldfastError } from '@packages/shared/holdfast-error'
import type { CID } from 'multiformats/cid'
import { type BlockKey, blockKey, isIdentity } from '../block-store/block-key.ts'
import type { BlockSource } from '../block-source.ts'
import { DAG_LIMITS } from '../dag/dag-limits.ts'
import { NotADirectoryError, NotAFileError } from '../unixfs/dag-errors.ts'
import { decodeDirectoryNode, linkCid } from '../unixfs/directory-node-decode.ts'
import { childCid, decodeFileNode } from '../unixfs/file-node-decode.ts'

/** Nodes that are read to prove a size; leaves are not read. */
const MAX_NODES = 50_000
const MAX_OPEN = 256
const TURN = 256

/** What reads nodes, and knows how long leaves are. */
export type DescribingReader = BlockSource & { locate(cid: CID): { length: number } | undefined }

export type RootDescription = {
  kind: 'file' | 'directory' | 'dag' /** Bytes of its files; undefined where they are not proven. */
  size: number | undefined
}

/**
 * What a root is, and how many bytes its files have. No claim is believed: each node is held against its children, each distinct one once, so that
 * 31 blocks that say a tebibyte cost 31 blocks. A file that lies, or any other DAG, is a `dag`.
 */
export const describeRoot = async (reader: DescribingReader, root: CID): Promise<RootDescription> => {
  if (root.code !== CODEC_RAW && root.code !== CODEC_DAG_PB) return { kind: 'dag', size: undefined }
  let kind: RootDescription['kind'] = 'dag'
  try {
    const measure = new ContentMeasure(reader)
    kind = (await measure.node(root)).isDirectory ? 'directory' : 'file'
    return { kind, size: await measure.size(root) }
  } catch (error) {
    // Limits, lies, other kinds of nodes: the blocks are there all the same.
    if (!(error instanceof HoldfastError) || error.code === 'internal') throw error
    return { kind: kind === 'directory' ? kind : 'dag', size: undefined }
  }
}

/** A node's own bytes, and its children with what is claimed of them. */
type Node = { isDirectory: boolean; inline: number; children: { cid: CID; claimed: number | undefined }[] }
type Frame = { key: BlockKey; node: Node; next: number; sum: number }

class ContentMeasure {
  readonly #reader: DescribingReader
  readonly #known = new Map<BlockKey, number>()
  #nodes = 0

  constructor(reader: DescribingReader) {
    this.#reader = reader
  }

  async node(cid: CID): Promise<Node> {
    if (cid.code === CODEC_RAW) return { isDirectory: false, inline: this.#leafSize(cid), children: [] }
    const nothing: Node = { isDirectory: false, inline: 0, children: [] }
    if (cid.code !== CODEC_DAG_PB) return nothing
    if (++this.#nodes > MAX_NODES) throw new HoldfastError('not_supported')
    if (this.#nodes % TURN === 0) await nextTurn()
    const block = await this.#reader.get(cid)
    if (block === undefined) throw new HoldfastError('not_found')
    try {
      const file = decodeFileNode(cid, block, DAG_LIMITS.maxLinks)
      const children = file.blocksizes.map((claimed, index) => ({ cid: childCid(file, index), claimed }))
      return { isDirectory: false, inline: file.inline.end - file.inline.start, children }
    } catch (error) {
      if (!(error instanceof NotAFileError)) throw error
    }
    try {
      const directory = decodeDirectoryNode(cid, block, DAG_LIMITS.maxOpenLinks)
      const children = directory.links.map((link) => ({ cid: linkCid(directory, link), claimed: undefined }))
      return { isDirectory: true, inline: 0, children }
    } catch (error) {
      if (error instanceof NotADirectoryError && error.kind === 'symlink') return nothing
      throw error
    }
  }

  #leafSize(cid: CID): number {
    const length = isIdentity(cid) ? cid.multihash.digest.length : this.#reader.locate(cid)?.length
    if (length === undefined) throw new HoldfastError('not_found')
    return length
  }

  /** Bytes of the files below a node, repeated ones counted each time. */
  async size(root: CID): Promise<number> {
    const frames: Frame[] = [await this.#open(root)]
    for (let frame = frames.at(-1); frame !== undefined; frame = frames.at(-1)) {
      const child = frame.node.children[frame.next]
      if (child === undefined) {
        if (!Number.isSafeInteger(frame.sum)) throw new HoldfastError('not_supported')
        this.#known.set(frame.key, frame.sum)
        frames.pop()
        continue
      }
      const size = this.#known.get(blockKey(child.cid))
      if (size === undefined) {
        if (frames.length >= MAX_OPEN) throw new HoldfastError('not_supported')
        frames.push(await this.#open(child.cid))
        continue
      }
      if (child.claimed !== undefined && child.claimed !== size) throw new HoldfastError('invalid_dag')
      frame.sum += size
      frame.next++
    }
    return this.#known.get(blockKey(root)) ?? 0
  }

  async #open(cid: CID): Promise<Frame> {
    const node = await this.node(cid)
    return { key: blockKey(cid), node, next: 0, sum: node.inline }
  }
}
