import { CODEC_DAG_PB, CODEC_RAW } from '@packages/shared/cid'
import type { CID } from 'multiformats/cid'
import type { BlockLoader } from '../block-loader.ts'
import { InvalidDagError } from '../dag-errors.ts'
import { childCid, decodeFileNode, type FileNode } from '../file-node-decode.ts'

/** What the nodes of a file tell of how it was imported. */
export type FileShape = {
  cid: CID
  /** Bytes of the file, as it claims. */
  size: number
  /** Bytes of each leaf in order, as claimed; one leaf for a file of one block. */
  leaves: number[]
  rawLeaves: boolean
  /** Of the CIDs of its dag-pb nodes, where there are any. */
  cidVersion: 0 | 1 | undefined
  /** Children of a full node; undefined when there is none that must be full. */
  width: number | undefined
  /** Children of the largest node. */
  mostLinks: number
}

/** What has more leaves is not looked at as a whole. */
export const MAX_LEAVES = 1_000_000

/**
 * Reads the nodes of a file down to the parents of its leaves, and of the leaves only the first: in a balanced layout all
 * leaves are as deep as that one. Holds one path of nodes at a time. Undefined for a file of more than `maxLeaves`.
 * @throws as `openFile`
 */
export const readFileShape = async (
  loader: BlockLoader,
  cid: CID,
  maxLeaves = MAX_LEAVES,
): Promise<FileShape | undefined> => {
  const root = await loadNode(loader, cid)
  const path = [root]
  for (let node = root; node.links.length > 0; path.push(node)) {
    if (path.length === loader.limits.maxDepth) throw new InvalidDagError(cid, 'the file is too deep')
    node = await loadNode(loader, childCid(node, 0))
  }
  const [first = root, parent, inner] = path.toReversed()
  // The root's own CID may have been given in the other version: a node below it knows better.
  const node = first.cid.code === CODEC_DAG_PB || parent === undefined ? first.cid : parent.cid
  const shape: FileShape = {
    cid,
    size: root.size,
    leaves: [],
    rawLeaves: first.cid.code === CODEC_RAW,
    cidVersion: node.code === CODEC_DAG_PB ? node.version : undefined,
    width: inner === undefined ? undefined : parent?.links.length,
    mostLinks: 0,
  }
  if (parent === undefined) shape.leaves.push(root.size)
  else await addLeaves(loader, shape, root, path.length - 2, maxLeaves)
  return shape.leaves.length > maxLeaves ? undefined : shape
}

/** Adds the leaves below a node, `levels` above the parents of leaves; stops when there are too many. */
const addLeaves = async (
  loader: BlockLoader,
  shape: FileShape,
  node: FileNode,
  levels: number,
  maxLeaves: number,
): Promise<void> => {
  shape.mostLinks = Math.max(shape.mostLinks, node.links.length)
  if (levels === 0) {
    for (const size of node.blocksizes) shape.leaves.push(size)
    return
  }
  for (let index = 0; index < node.links.length && shape.leaves.length <= maxLeaves; index++)
    await addLeaves(loader, shape, await loadNode(loader, childCid(node, index)), levels - 1, maxLeaves)
}

const loadNode = async (loader: BlockLoader, cid: CID): Promise<FileNode> =>
  decodeFileNode(cid, await loader.block(cid), loader.limits.maxLinks)
