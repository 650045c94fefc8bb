import { setImmediate as nextTurn } from 'node:timers/promises'
import { decode } from '@ipld/dag-pb'
import type { StoreReader } from '@packages/content/block-store/store-reader'
import { canonicalCid, CODEC_DAG_PB, HASH_IDENTITY } from '@packages/shared/cid'
import type { CID } from 'multiformats/cid'

export type DagSize = { dagSize: number; blocks: number }

/** 64 Mi blocks are 64 TiB of file in 1 MiB chunks, and as much memory as one request should ever take. */
const MAX_BLOCKS = 64 * 1024 * 1024
const BLOCKS_PER_TURN = 2_000

/**
 * Bytes and number of the distinct blocks of a DAG that is held, as `Upload.commit` counts them. Leaves are looked up,
 * not read. Undefined when a block is missing: the DAG was released meanwhile.
 */
export const measureDag = async (
  reader: Pick<StoreReader, 'locate' | 'get'>,
  root: CID,
  signal?: AbortSignal,
): Promise<DagSize | undefined> => {
  const seen = new Set<string>([canonicalCid(root)])
  const open: CID[] = [root]
  const size: DagSize = { dagSize: 0, blocks: 0 }
  for (let cid = open.pop(); cid !== undefined; cid = open.pop()) {
    signal?.throwIfAborted()
    if (size.blocks >= MAX_BLOCKS) throw new RangeError('the DAG has too many blocks')
    if (cid.multihash.code !== HASH_IDENTITY) {
      const location = reader.locate(cid)
      if (location === undefined) return undefined
      size.dagSize += location.length
      size.blocks += 1
      if (size.blocks % BLOCKS_PER_TURN === 0) await nextTurn()
    }
    if (cid.code !== CODEC_DAG_PB) continue
    const bytes = await reader.get(cid)
    if (bytes === undefined) return undefined
    for (const { Hash: link } of decode(bytes).Links) {
      const key = canonicalCid(link as unknown as CID)
      if (seen.has(key)) continue
      seen.add(key)
      open.push(link as unknown as CID)
    }
  }
  return size
}
