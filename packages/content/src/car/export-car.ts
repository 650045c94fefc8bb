import { encode as encodeCbor } from '@ipld/dag-cbor'
import { varint } from 'multiformats'
import type { CID } from 'multiformats/cid'
import type { BlockSource } from '../block-source.ts'
import { isIdentity } from '../block-store/block-key.ts'
import { walkDag, type WalkDagOptions } from '../dag/walk-dag.ts'
import { MissingBlockError } from '../unixfs/dag-errors.ts'

const FLUSH_BYTES = 64 * 1024

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
  let pending: Uint8Array[] = [lengthThen(encodeCbor({ roots: [root], version: 1 }))]
  let size = 0
  for await (const { cid, bytes } of pathThenDag(source, root, path, options)) {
    const head = Buffer.concat([lengthOf(cid.bytes.length + bytes.length), cid.bytes])
    pending.push(head, bytes)
    size += head.length + bytes.length
    if (size < FLUSH_BYTES) continue
    // A large block goes out as it is.
    const last = bytes.length >= FLUSH_BYTES ? pending.pop() : undefined
    yield Buffer.concat(pending)
    if (last !== undefined) yield last
    pending = []
    size = 0
  }
  if (pending.length > 0) yield Buffer.concat(pending)
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

const lengthOf = (value: number): Uint8Array => varint.encodeTo(value, new Uint8Array(varint.encodingLength(value)))
const lengthThen = (bytes: Uint8Array): Buffer => Buffer.concat([lengthOf(bytes.length), bytes])
