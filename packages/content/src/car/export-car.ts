import type { CID } from 'multiformats/cid'
import type { BlockSource } from '../block-source.ts'
import { isIdentity } from '../block-store/block-key.ts'
import { walkDag, type WalkDagOptions } from '../dag/walk-dag.ts'
import { MissingBlockError } from '../unixfs/dag-errors.ts'
import { writeCar } from './write-car.ts'

/**
 * A CARv1 of the DAG below `root`, as it is read: depth first, each block once, so that the same DAG always gives the same bytes. `path` are blocks that
 * lead to it and go before it. Whoever takes the bytes must tell an end from an error: a DAG that turns out to be damaged or not whole throws.
 * @throws MissingBlockError, DagLimitError, BlockDamaged behind `internal`; the signal's reason
 */
export async function* exportCar(
  source: BlockSource,
  root: CID,
  { path = [], ...options }: WalkDagOptions & { path?: readonly CID[] } = {},
): AsyncGenerator<Uint8Array, void, undefined> {
  yield* writeCar(root, pathThenDag(source, root, path, options))
}

async function* pathThenDag(
  source: BlockSource,
  root: CID,
  path: readonly CID[],
  options: WalkDagOptions,
): AsyncGenerator<{ cid: CID; bytes: Uint8Array }> {
  const given: CID[] = []
  for (const cid of path) {
    if (isIdentity(cid) || given.some((one) => one.equals(cid))) continue
    const bytes = await source.get(cid, options.signal === undefined ? undefined : { signal: options.signal })
    if (bytes === undefined) throw new MissingBlockError(cid)
    given.push(cid)
    yield { cid, bytes }
  }
  yield* walkDag(source, root, { ...options, given })
}
