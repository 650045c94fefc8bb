import type { CID } from 'multiformats/cid'
import type { BlockLoader } from './block-loader.ts'
import { checkShard, type ShardShape } from './check-shard.ts'
import { InvalidDagError } from './dag-errors.ts'
import { type DirectoryNode, decodeDirectoryNode, linkCid } from './directory-node-decode.ts'
import { entryOf, type DirectoryEntry } from './directory-entry.ts'
import { HASH_BITS, prefixLength, slotBits, slotsOf } from './hamt-slots.ts'
import type { NamedLink } from './pb-node-decode.ts'

type Shard = ShardShape & { node: DirectoryNode }

/**
 * The entries of a sharded directory, depth first. Each name has to stand where its hash says, and each shard below the
 * root has to have entries: so shards that come again and again cannot make the walk longer than the directory is.
 * `onShard` is called with each further shard before its entries.
 * @throws InvalidDagError, MissingBlockError, DagLimitError; the signal's reason
 */
export async function* listShards(
  loader: BlockLoader,
  root: DirectoryNode,
  onShard: (node: DirectoryNode) => void = () => undefined,
): AsyncGenerator<DirectoryEntry> {
  const frames: { shard: Shard; next: number }[] = [{ shard: openRoot(root), next: 0 }]
  for (let frame = frames.at(-1); frame !== undefined; frame = frames.at(-1)) {
    const { node, fanout } = frame.shard
    const link = node.links[frame.next++]
    if (link === undefined) {
      frames.pop()
      continue
    }
    if (isShardLink(link, fanout)) {
      const shard = await loadShard(loader, frame.shard, link, frames.length)
      onShard(shard.node)
      frames.push({ shard, next: 0 })
      continue
    }
    const entry = entryOf(node, link, prefixLength(fanout))
    const slots = slotsOf(entry.name, fanout)
    if (frames.some(({ shard, next }, level) => shard.slots[next - 1] !== slots[level]))
      throw new InvalidDagError(node.cid, `the name ${JSON.stringify(entry.name)} does not belong into this shard`)
    yield entry
  }
}

/** The entry of this name; loads only the shards on the way, whose CIDs `onShard` is called with. @throws as `listShards` */
export const lookUpInShards = async (
  loader: BlockLoader,
  root: DirectoryNode,
  name: string,
  onShard: (cid: CID) => void,
): Promise<DirectoryEntry | undefined> => {
  let shard = openRoot(root)
  const { fanout } = shard
  for (const [level, slot] of slotsOf(name, fanout).entries()) {
    const link = shard.node.links[shard.slots.indexOf(slot)]
    if (link === undefined) return undefined
    if (!isShardLink(link, fanout)) {
      const { start, end } = link.name
      const found = Buffer.from(name).equals(shard.node.block.subarray(start + prefixLength(fanout), end))
      return found ? entryOf(shard.node, link, prefixLength(fanout)) : undefined
    }
    shard = await loadShard(loader, shard, link, level + 1)
    onShard(shard.node.cid)
  }
  return undefined
}

const openRoot = (node: DirectoryNode): Shard => ({ node, ...checkShard(node) })

const isShardLink = ({ name }: NamedLink, fanout: number): boolean => name.end - name.start === prefixLength(fanout)

/** Loads the shard behind a link; it will be the one of this level, the root being on level 0. */
const loadShard = async (loader: BlockLoader, parent: Shard, link: NamedLink, level: number): Promise<Shard> => {
  const cid = linkCid(parent.node, link)
  if ((level + 1) * slotBits(parent.fanout) > HASH_BITS)
    throw new InvalidDagError(cid, 'the shards are deeper than a hash has bits')
  const node = decodeDirectoryNode(cid, await loader.block(cid), loader.limits.maxOpenLinks)
  const shape = checkShard(node)
  if (shape.fanout !== parent.fanout) throw new InvalidDagError(cid, 'its fan-out is not that of its parent')
  if (node.links.length === 0) throw new InvalidDagError(cid, 'a shard below the root is empty')
  // Its entries pay for it: a sharded directory may have any number of blocks.
  loader.account(loader.limits.minBytesPerBlock)
  return { node, ...shape }
}
