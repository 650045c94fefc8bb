import { hash } from 'node:crypto'
import { encode } from '@ipld/dag-cbor'
import { CODEC_DAG_CBOR, CODEC_RAW, HASH_SHA2_256 } from '@packages/shared/cid'
import { CID } from 'multiformats/cid'
import * as Digest from 'multiformats/hashes/digest'
import type { BlockSource } from '../block-source.ts'
import { LIST_CODEC } from '../block-store/block-list.ts'
import { writeCar } from '../car/write-car.ts'
import { listedBlocks, walkList } from './walk-list.ts'

type Options = { signal?: AbortSignal }
type Block = { cid: CID; bytes: Uint8Array }

/** Links of one node: 170 KiB or so. */
const LINKS = 4_096

/** What nodes hold a block of a private content as: lists too are bytes to them, for no other program knows their codec. */
export const cidOnNodes = (cid: CID): CID => (cid.code === LIST_CODEC ? CID.createV1(CODEC_RAW, cid.multihash) : cid)

/** Blocks of private contents as nodes have them, by the CIDs that we have for them. */
export const fromNodes = (nodes: BlockSource): BlockSource => ({
  get: (cid, options) => nodes.get(cidOnNodes(cid), options),
})

/**
 * A tree of links over blocks that have no parent that a node could walk: arrays of links in dag-cbor, each level full before the next node of it begins. It follows from
 * the blocks and their order alone, so it is stored nowhere: whoever has the list can make it again (ADR 0161).
 */
class TreeWriter {
  readonly #levels: CID[][] = [[]]
  readonly #onBlock: (block: Block) => void

  constructor(onBlock: (block: Block) => void) {
    this.#onBlock = onBlock
  }

  add(cid: CID, level = 0): void {
    if (this.#levels[level]?.length === LINKS) this.add(this.#write(level), level + 1)
    const links = this.#levels[level] ?? []
    links.push(cid)
    this.#levels[level] = links
  }

  #write(level: number): CID {
    const bytes = encode(this.#levels[level])
    this.#levels[level] = []
    const digest = new Uint8Array(hash('sha256', bytes, 'buffer'))
    const cid = CID.createV1(CODEC_DAG_CBOR, Digest.create(HASH_SHA2_256, digest))
    this.#onBlock({ cid, bytes })
    return cid
  }

  /** The root, which is written last. */
  finish(): CID {
    for (let level = 0; ; level++) {
      const cid = this.#write(level)
      if (level === this.#levels.length - 1) return cid
      this.add(cid, level + 1)
    }
  }
}

/**
 * What nodes pin, list and release of the private content of this list (`contents.node_cid`): a root over its ciphertexts and lists, which tells nothing but how many
 * there are and how long each is. Reads the lists alone.
 * @throws what `listedBlocks` throws
 */
export const nodeRootOf = async (blocks: BlockSource, list: CID, options: Options = {}): Promise<CID> => {
  const tree = new TreeWriter(() => undefined)
  for await (const { cid } of listedBlocks(blocks, list, options)) tree.add(cidOnNodes(cid))
  return tree.finish()
}

/** The CAR of that root for a node: each ciphertext as it is read, a node of the tree as soon as it is full. Memory does not grow with the content. */
export async function* exportNodeCar(
  blocks: BlockSource,
  list: CID,
  options: Options = {},
): AsyncGenerator<Uint8Array, void, undefined> {
  yield* writeCar(await nodeRootOf(blocks, list, options), treeOver(blocks, list, options))
}

async function* treeOver(blocks: BlockSource, list: CID, options: Options): AsyncGenerator<Block> {
  const made: Block[] = []
  const tree = new TreeWriter((block) => void made.push(block))
  for await (const { cid, bytes } of walkList(blocks, list, options)) {
    const onNodes = cidOnNodes(cid)
    yield { cid: onNodes, bytes }
    tree.add(onNodes)
    yield* made.splice(0)
  }
  tree.finish()
  yield* made.splice(0)
}
