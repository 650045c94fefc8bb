import type { CID } from 'multiformats/cid'
import { blockKey, isIdentity } from '../block-store/block-key.ts'
import type { BlockSource } from '../block-source.ts'
import { entityBlocks, type SelectBytes } from '../dag/entity-blocks.ts'
import { type WalkedBlock, walkDag } from '../dag/walk-dag.ts'
import { MissingBlockError } from '../unixfs/dag-errors.ts'
import { KeyTable } from './key-table.ts'
import { writeCar } from './write-car.ts'

export type CarScope = {
  /** What of the DAG at the path's end: its first block, the entity that it is, or everything (IPIP-402). */
  scope: 'block' | 'entity' | 'all'
  /** Of a file these bytes only. */
  select?: SelectBytes | undefined
  /** Each block as often as it is met, or once (IPIP-412). */
  repeats: boolean
}

export type CarTarget = {
  /** Where the path ends. */
  cid: CID
  /** The blocks that lead there, shards included, without it. */
  path: readonly CID[]
}

/**
 * A CARv1 of what a path leads to: the blocks of the path, then those of the scope, depth first. The same request always gives
 * the same bytes. A raw block of more than 64 KiB is handed on at once and not looked at again: a source may use its room for the next. Identity CIDs are gone through and never written (IPIP-402).
 * @throws MissingBlockError, InvalidDagError, DagLimitError; the signal's reason
 */
export const exportScope = (
  source: BlockSource,
  target: CarTarget,
  { signal, ...scope }: CarScope & { signal?: AbortSignal },
): AsyncGenerator<Uint8Array, void, undefined> =>
  writeCar(target.cid, written(blocksOf(source, target, scope, signal), scope.repeats))

async function* blocksOf(
  source: BlockSource,
  { cid, path }: CarTarget,
  { scope, select, repeats }: CarScope,
  signal: AbortSignal | undefined,
): AsyncGenerator<WalkedBlock> {
  const options = signal === undefined ? {} : { signal }
  for (const at of path) yield await load(source, at, options)
  if (scope === 'all') yield* walkDag(source, cid, { ...options, repeats, given: path.filter((at) => !isIdentity(at)) })
  else if (scope === 'entity') yield* entityBlocks(source, cid, { ...options, select })
  else yield await load(source, cid, options)
}

const load = async (source: BlockSource, cid: CID, options: { signal?: AbortSignal }): Promise<WalkedBlock> => {
  const bytes = isIdentity(cid) ? cid.multihash.digest : await source.get(cid, options)
  if (bytes === undefined) throw new MissingBlockError(cid)
  return { cid, bytes }
}

async function* written(blocks: AsyncIterable<WalkedBlock>, repeats: boolean): AsyncGenerator<WalkedBlock> {
  const seen = new KeyTable()
  for await (const block of blocks) {
    if (isIdentity(block.cid)) continue
    const before = seen.size
    if (!repeats && seen.number(blockKey(block.cid)) < before) continue
    yield block
  }
}
