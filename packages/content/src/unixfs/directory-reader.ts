import type { CID } from 'multiformats/cid'
import type { BlockSource } from '../block-source.ts'
import { BlockLoader } from './block-loader.ts'
import { InvalidDagError } from './dag-errors.ts'
import { type DirectoryEntry, entryOf } from './directory-entry.ts'
import { decodeDirectoryNode, type DirectoryNode } from './directory-node-decode.ts'
import { listShards, lookUpInShards } from './hamt-reader.ts'
import type { ReadLimits } from './read-limits.ts'

export type { DirectoryEntry } from './directory-entry.ts'

export type ReadDirectoryOptions = { signal?: AbortSignal; limits?: Partial<ReadLimits> }

/**
 * The entries of a UnixFS directory: a basic one in its own order, a sharded one by the hashes of the names, shard by
 * shard as they are read. Each entry has passed: a name that is one, once, and where its hash belongs.
 * @throws NotADirectoryError (`not_supported`); MissingBlockError, InvalidDagError, DagLimitError; the signal's reason
 */
export async function* listDirectory(
  source: BlockSource,
  cid: CID,
  options: ReadDirectoryOptions = {},
): AsyncGenerator<DirectoryEntry> {
  const loader = new BlockLoader(source, options)
  yield* listNode(loader, await loadDirectory(loader, cid))
}

/** As `listDirectory` of a node that is loaded. */
export async function* listNode(loader: BlockLoader, node: DirectoryNode): AsyncGenerator<DirectoryEntry> {
  if (node.shard === undefined) yield* listBasic(node)
  else yield* listShards(loader, node)
}

/**
 * The entry of this name, or undefined; of a sharded directory only the shards on the way are read.
 * @throws as `listDirectory`, as far as it reads
 */
export const lookUp = async (
  source: BlockSource,
  cid: CID,
  name: string,
  options: ReadDirectoryOptions = {},
): Promise<DirectoryEntry | undefined> => {
  const loader = new BlockLoader(source, options)
  return lookUpIn(loader, await loadDirectory(loader, cid), name)
}

/** As `lookUp` in a node that is loaded; calls `onShard` with the CID of each further shard. */
export const lookUpIn = async (
  loader: BlockLoader,
  node: DirectoryNode,
  name: string,
  onShard: (cid: CID) => void = () => undefined,
): Promise<DirectoryEntry | undefined> => {
  if (node.shard !== undefined) return lookUpInShards(loader, node, name, onShard)
  const wanted = Buffer.from(name)
  const found = node.links.filter((link) => wanted.equals(node.block.subarray(link.name.start, link.name.end)))
  if (found.length > 1) throw new InvalidDagError(node.cid, `it has the name ${JSON.stringify(name)} twice`)
  return found[0] === undefined ? undefined : entryOf(node, found[0], 0)
}

/** Loads a shard or directory; `maxOpenLinks` bounds its links, for whoever lists it holds them all. */
export const loadDirectory = async (loader: BlockLoader, cid: CID): Promise<DirectoryNode> =>
  decodeDirectoryNode(cid, await loader.block(cid), loader.limits.maxOpenLinks)

function* listBasic(node: DirectoryNode): Generator<DirectoryEntry> {
  const names = new Set<string>()
  for (const link of node.links) {
    const entry = entryOf(node, link, 0)
    if (names.has(entry.name))
      throw new InvalidDagError(node.cid, `it has the name ${JSON.stringify(entry.name)} twice`)
    names.add(entry.name)
    yield entry
  }
}
