import { encode as encodeCbor } from '@ipld/dag-cbor'
import { hash } from 'node:crypto'
import { varint } from 'multiformats'
import { CID } from 'multiformats/cid'
import * as Digest from 'multiformats/hashes/digest'

/** CARs for tests, byte by byte, so that they can be as wrong as a test wants. */

export type TestBlock = { cid: CID; bytes: Uint8Array }

export const sha256 = (codec: number, bytes: Uint8Array): CID =>
  CID.createV1(codec, Digest.create(0x12, new Uint8Array(hash('sha256', bytes, 'buffer'))))

export const rawBlock = (text: string | Uint8Array): TestBlock => {
  const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text
  return { cid: sha256(0x55, bytes), bytes }
}

export const cborBlock = (value: unknown): TestBlock => {
  const bytes = encodeCbor(value)
  return { cid: sha256(0x71, bytes), bytes }
}

export const varintBytes = (value: number): Uint8Array =>
  varint.encodeTo(value, new Uint8Array(varint.encodingLength(value)))

export const section = ({ cid, bytes }: TestBlock): Buffer =>
  Buffer.concat([varintBytes(cid.bytes.length + bytes.length), cid.bytes, bytes])

export const headerOf = (value: unknown): Buffer => {
  const bytes = encodeCbor(value)
  return Buffer.concat([varintBytes(bytes.length), bytes])
}

export const carV1 = (roots: readonly CID[], blocks: readonly TestBlock[]): Buffer =>
  Buffer.concat([headerOf({ roots, version: 1 }), ...blocks.map(section)])

/** A CARv2 around a CARv1, with `padding` before the data and `index` behind it. */
export const carV2 = (payload: Uint8Array, { padding = 0, index = Buffer.alloc(0) } = {}): Buffer => {
  const header = Buffer.alloc(40)
  header.writeBigUInt64LE(BigInt(51 + padding), 16)
  header.writeBigUInt64LE(BigInt(payload.length), 24)
  header.writeBigUInt64LE(index.length === 0 ? 0n : BigInt(51 + padding + payload.length), 32)
  return Buffer.concat([Buffer.from('0aa16776657273696f6e02', 'hex'), header, Buffer.alloc(padding), payload, index])
}

/** The bytes in pieces of `size`. */
export async function* inPieces(bytes: Uint8Array, size = 65_536): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}
