import { encode as encodeCbor } from '@ipld/dag-cbor'
import { varint } from 'multiformats'
import type { CID } from 'multiformats/cid'

const FLUSH_BYTES = 64 * 1024

/** A CARv1 of these blocks as they come, in pieces of some 64 KiB. @throws what `blocks` throws */
export async function* writeCar(
  root: CID,
  blocks: AsyncIterable<{ cid: CID; bytes: Uint8Array }>,
): AsyncGenerator<Uint8Array, void, undefined> {
  let pending: Uint8Array[] = [lengthThen(encodeCbor({ roots: [root], version: 1 }))]
  let size = 0
  for await (const { cid, bytes } of blocks) {
    const head = Buffer.concat([lengthOf(cid.bytes.length + bytes.length), cid.bytes])
    pending.push(head, bytes)
    size += head.length + bytes.length
    if (size < FLUSH_BYTES) continue
    // A large block goes out as it is, before the next is asked for, which may be put in its place.
    const last = bytes.length >= FLUSH_BYTES ? pending.pop() : undefined
    yield Buffer.concat(pending)
    if (last !== undefined) yield last
    pending = []
    size = 0
  }
  if (pending.length > 0) yield Buffer.concat(pending)
}

const lengthOf = (value: number): Uint8Array => varint.encodeTo(value, new Uint8Array(varint.encodingLength(value)))
const lengthThen = (bytes: Uint8Array): Buffer => Buffer.concat([lengthOf(bytes.length), bytes])
