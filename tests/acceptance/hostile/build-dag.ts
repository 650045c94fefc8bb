import { createHash } from 'node:crypto'

/** Blocks, byte by byte, so that they can be as wrong as a test wants. `cid` is binary, of version 1. */
export type Block = { cid: Buffer; bytes: Buffer }

const RAW = 0x55
const DAG_PB = 0x70
export const DAG_CBOR = 0x71
export const DAG_JSON = 0x0129
const FILE = 2
export const DIRECTORY = 1
export const HAMT = 5

export const varint = (value: number | bigint): Buffer => {
  const bytes: number[] = []
  let rest = BigInt(value)
  for (; rest >= 0x80n; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80)
  return Buffer.from([...bytes, Number(rest)])
}

export const cidOf = (codec: number, hash: number, digest: Uint8Array): Buffer =>
  Buffer.concat([Buffer.from([1]), varint(codec), varint(hash), varint(digest.length), digest])

export const block = (codec: number, bytes: Buffer): Block => ({
  cid: cidOf(codec, 0x12, createHash('sha256').update(bytes).digest()),
  bytes,
})

export const raw = (bytes: Buffer | string): Block => block(RAW, Buffer.from(bytes))

const field = (tag: number, bytes: Uint8Array): Buffer =>
  Buffer.concat([Buffer.from([tag]), varint(bytes.length), bytes])

export type Link = { to: Block | Buffer; name?: string; tsize?: number | bigint }

/** A dag-pb node: links, then data. */
export const node = (data: Buffer, links: readonly Link[] = []): Block => {
  const encoded = links.map(({ to, name = '', tsize = 1 }) =>
    field(
      0x12,
      Buffer.concat([
        field(0x0a, Buffer.isBuffer(to) ? to : to.cid),
        field(0x12, Buffer.from(name)),
        Buffer.from([0x18]),
        varint(tsize),
      ]),
    ),
  )
  return block(DAG_PB, Buffer.concat([...encoded, field(0x0a, data)]))
}

const number = (tag: number, value: number | bigint): Buffer => Buffer.concat([Buffer.from([tag]), varint(value)])

type UnixFs = { data?: Buffer; filesize?: number | bigint; blocksizes?: (number | bigint)[]; fanout?: number }

/** A UnixFS message of this type. */
export const unixfs = (type: number, { data, filesize, blocksizes = [], fanout }: UnixFs = {}): Buffer => {
  return Buffer.concat([
    number(0x08, type),
    ...(data === undefined ? [] : [field(0x12, data)]),
    ...(filesize === undefined ? [] : [number(0x18, filesize)]),
    ...blocksizes.map((size) => number(0x20, size)),
    ...(fanout === undefined ? [] : [number(0x28, 0x22), number(0x30, fanout)]),
  ])
}

/** A file of these children, each said to hold `size` bytes. */
export const file = (children: readonly Block[], size: number | bigint): Block => {
  const blocksizes = children.map(() => size)
  return node(
    unixfs(FILE, { filesize: BigInt(size) * BigInt(children.length), blocksizes }),
    children.map((to) => ({ to })),
  )
}

/** DAG-CBOR of a list of links. */
export const linkList = (links: readonly Block[]): Block =>
  block(
    DAG_CBOR,
    Buffer.concat([
      Buffer.concat([Buffer.from([0x99]), Buffer.from([links.length >> 8, links.length & 0xff])]),
      ...links.map(({ cid }) => Buffer.concat([Buffer.from([0xd8, 0x2a, 0x58, cid.length + 1, 0]), cid])),
    ]),
  )

/** A CARv1's header: DAG-CBOR of {roots: […], version: 1}. */
export const header = (roots: readonly Buffer[]): Buffer => {
  const count = Buffer.alloc(5, 0x9a)
  count.writeUInt32BE(roots.length, 1)
  const list = roots.map((cid) => Buffer.concat([Buffer.from([0xd8, 0x2a, 0x58, cid.length + 1, 0]), cid]))
  const bytes = Buffer.concat([
    Buffer.from([0xa2, 0x65]),
    Buffer.from('roots'),
    count,
    ...list,
    Buffer.from([0x67]),
    Buffer.from('version'),
    Buffer.from([1]),
  ])
  return Buffer.concat([varint(bytes.length), bytes])
}

export const section = ({ cid, bytes }: Block): Buffer => Buffer.concat([varint(cid.length + bytes.length), cid, bytes])

export const car = (roots: readonly Buffer[], blocks: readonly Block[]): Buffer =>
  Buffer.concat([header(roots), ...blocks.map(section)])

const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567'

/** A binary CID as text, in base32. */
export const text = (cid: Buffer): string => {
  let out = 'b'
  let bits = 0
  let held = 0
  for (const byte of cid) {
    held = (held << 8) | byte
    for (bits += 8; bits >= 5; bits -= 5) out += BASE32[(held >> (bits - 5)) & 31]
    held &= (1 << bits) - 1
  }
  return bits === 0 ? out : out + BASE32[(held << (5 - bits)) & 31]
}
