import { encodeFileNode } from '@packages/content/unixfs/file-node-encode'
import { rawCid, dagPbCid } from '@packages/content/unixfs/block-cid'

const varint = (value: number): Buffer => {
  const bytes: number[] = []
  let rest = value
  for (; rest >= 0x80; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 0x80)
  return Buffer.from([...bytes, rest])
}

/** A CARv1 of one file whose leaves are `pieces`, its root first: head and bytes of each section, nothing copied. */
export const carOfFile = (pieces: readonly Buffer[]): { root: string; car: Uint8Array[] } => {
  const leaves = pieces.map((piece) => ({ cid: rawCid(piece), fileBytes: piece.length, dagBytes: piece.length }))
  const node = encodeFileNode(leaves)
  const root = dagPbCid(node, 1)
  // DAG-CBOR of {roots: [root], version: 1}; a CID is tag 42 over 37 bytes, the first of them 0.
  const header = Buffer.concat([
    Buffer.from('a265726f6f747381d82a582500', 'hex'),
    root.bytes,
    Buffer.from('6776657273696f6e01', 'hex'),
  ])
  const car: Uint8Array[] = [varint(header.length), header]
  const add = (cid: Uint8Array, bytes: Uint8Array): void => {
    car.push(Buffer.concat([varint(cid.length + bytes.length), cid]), bytes)
  }
  add(root.bytes, node)
  for (const [index, { cid }] of leaves.entries()) add(cid.bytes, pieces[index] as Buffer)
  return { root: root.toString(), car }
}
