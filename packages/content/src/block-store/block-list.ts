import { hash } from 'node:crypto'
import { HASH_SHA2_256 } from '@packages/shared/cid'
import { CID } from 'multiformats/cid'
import * as Digest from 'multiformats/hashes/digest'
import type { BlockSink } from '../block-source.ts'

/**
 * A block that only we make and that is never taken from outside: a list of CIDs, so that one root can hold any number of blocks that have no
 * common parent. Private use area of the multicodec table: https://github.com/multiformats/multicodec#private-use-area
 */
export const LIST_CODEC = 0x300001

/** CIDs of one list block: 300 KiB or so. */
const LIST_CIDS = 8_192
const MAGIC = Buffer.from('hfl1')

/** 'hfl1' ‖ for each CID: length u8 ‖ CID */
class OpenList {
  #parts: Uint8Array[] = [MAGIC]
  count = 0

  add(cid: CID): void {
    const { bytes } = cid
    if (bytes.length > 255) throw new RangeError('a CID is too long for a list')
    this.#parts.push(Uint8Array.of(bytes.length), bytes)
    this.count++
  }

  /** The block; the list is empty again. */
  take(): { cid: CID; bytes: Uint8Array } {
    const bytes = Buffer.concat(this.#parts)
    this.#parts = [MAGIC]
    this.count = 0
    const digest = new Uint8Array(hash('sha256', bytes, 'buffer'))
    return { cid: CID.createV1(LIST_CODEC, Digest.create(HASH_SHA2_256, digest)), bytes }
  }
}

/** Writes a list as a tree of blocks, each as soon as it is full: memory does not grow with the list. */
export class BlockListWriter {
  readonly #sink: BlockSink
  readonly #levels: OpenList[] = [new OpenList()]

  constructor(sink: BlockSink) {
    this.#sink = sink
  }

  async add(cid: CID): Promise<void> {
    await this.#addAt(0, cid)
  }

  async #addAt(level: number, cid: CID): Promise<void> {
    let list = this.#levels[level]
    if (list === undefined) {
      list = new OpenList()
      this.#levels.push(list)
    }
    if (list.count === LIST_CIDS) await this.#write(level, list)
    list.add(cid)
  }

  async #write(level: number, list: OpenList): Promise<void> {
    const block = list.take()
    await this.#sink.put(block.cid, block.bytes)
    await this.#addAt(level + 1, block.cid)
  }

  /** Writes what is left; the CID of the whole list. */
  async finish(): Promise<CID> {
    for (let level = 0; ; level++) {
      const list = this.#levels[level] ?? new OpenList()
      if (level < this.#levels.length - 1) {
        await this.#write(level, list)
        continue
      }
      const root = list.take()
      await this.#sink.put(root.cid, root.bytes)
      return root.cid
    }
  }
}

/** The blocks of a list, children first, and its root. */
export const encodeBlockList = async (
  cids: Iterable<CID>,
): Promise<{ root: CID; blocks: { cid: CID; bytes: Uint8Array }[] }> => {
  const blocks: { cid: CID; bytes: Uint8Array }[] = []
  const writer = new BlockListWriter({ put: (cid, bytes) => void blocks.push({ cid, bytes }) })
  for (const cid of cids) await writer.add(cid)
  return { root: await writer.finish(), blocks }
}

/** The CIDs of one list block, in their order. @throws Error for what is no list */
export const decodeBlockList = (bytes: Uint8Array): CID[] => {
  if (!MAGIC.equals(bytes.subarray(0, MAGIC.length))) throw new Error('not a list of blocks')
  const cids: CID[] = []
  for (let at = MAGIC.length; at < bytes.length; ) {
    const end = at + 1 + (bytes[at] ?? 0)
    if (end > bytes.length) throw new Error('a list of blocks is cut off')
    cids.push(CID.decode(bytes.subarray(at + 1, end)))
    at = end
  }
  return cids
}
