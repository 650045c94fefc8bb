import {
  block,
  type Block,
  car,
  cidOf,
  DAG_CBOR,
  DAG_JSON,
  header,
  linkList,
  node,
  raw,
  section,
  unixfs,
  varint,
  DIRECTORY,
} from './build-dag.ts'

/** A CAR that must be refused, whatever it takes to send. */
export type HostileCar = { name: string; car: () => Iterable<Uint8Array>; codes: readonly string[] }

const leaf = raw('leaf')
const good = car([leaf.cid], [leaf])
const alone = (one: Block): Buffer => car([one.cid], [one])
const zeros = Buffer.alloc(65_536)

/** Says that there is more than ever comes, and then sends much of it. */
function* endless(start: Buffer): Generator<Uint8Array> {
  yield start
  for (let sent = 0; sent < 64 * 2 ** 20; sent += zeros.length) yield zeros
}

/** Joins what is small. */
function* pieces(sections: Iterable<Buffer>): Generator<Uint8Array> {
  let pending: Buffer[] = []
  let size = 0
  for (const one of sections) {
    pending.push(one)
    size += one.length
    if (size < 65_536) continue
    yield Buffer.concat(pending)
    pending = []
    size = 0
  }
  yield Buffer.concat(pending)
}

function* tinyBlocks(count: number): Generator<Buffer> {
  yield header([leaf.cid])
  for (let index = 0; index < count; index++) yield section(raw(String(index)))
}

function* repeated(count: number): Generator<Buffer> {
  yield header([leaf.cid])
  const one = section(leaf)
  for (let index = 0; index < count; index++) yield one
}

/** Blocks full of links to what is nowhere. */
function* manyLinks(blocks: number): Generator<Buffer> {
  yield header([leaf.cid])
  yield section(leaf)
  const digest = Buffer.alloc(32)
  for (let index = 0; index < blocks; index++) {
    const links: Block[] = []
    for (let link = 0; link < 40_000; link++) {
      digest.writeUInt32BE(index, 0)
      digest.writeUInt32BE(link, 4)
      links.push({ cid: cidOf(0x55, 0x12, digest), bytes: zeros })
    }
    yield section(linkList(links))
  }
}

const nestedCbor = block(DAG_CBOR, Buffer.concat([Buffer.alloc(100_000, 0x81), Buffer.from([0x80])]))
const nestedJson = block(DAG_JSON, Buffer.from(`${'['.repeat(100_000)}${']'.repeat(100_000)}`))
const identity = (length: number): Buffer => cidOf(0x55, 0, Buffer.alloc(length, 1))
const lost = raw('lost')
/** A block that links to itself cannot be made; one that holds a link to its own parent by identity can be tried. */
const byIdentity = node(unixfs(DIRECTORY), [
  { to: cidOf(0x70, 0, node(unixfs(DIRECTORY), [{ to: lost, name: 'x' }]).bytes), name: 'y' },
])

const one = (bytes: Buffer) => (): Iterable<Uint8Array> => [bytes]
const INVALID = ['invalid_car']
const TOO_LARGE = ['payload_too_large']
const CUT = ['truncated_body']

export const hostileCars: readonly HostileCar[] = [
  { name: 'nothing', car: one(Buffer.alloc(0)), codes: CUT },
  { name: 'a page of HTML', car: one(Buffer.from(`<!doctype html>${'x'.repeat(100)}`)), codes: INVALID },
  { name: 'a header of a gigabyte', car: () => endless(varint(2 ** 30)), codes: INVALID },
  { name: 'a header of 100 MiB', car: () => endless(varint(100 * 2 ** 20)), codes: TOO_LARGE },
  { name: 'a header that never ends', car: () => endless(Buffer.alloc(20, 0xff)), codes: INVALID },
  { name: 'a header of zeros', car: () => endless(varint(1000)), codes: INVALID },
  { name: 'a section of a gigabyte', car: () => endless(Buffer.concat([good, varint(2 ** 30)])), codes: INVALID },
  { name: 'a section of 4 MiB', car: () => endless(Buffer.concat([good, varint(4 * 2 ** 20)])), codes: TOO_LARGE },
  {
    name: 'a length in more bytes than needed',
    car: one(Buffer.concat([header([leaf.cid]), Buffer.from([0xa8, 0x00]), section(leaf).subarray(1)])),
    codes: INVALID,
  },
  {
    name: '100,000 roots',
    car: () => pieces([header(Array.from({ length: 100_000 }, () => leaf.cid))]),
    codes: TOO_LARGE,
  },
  { name: '2,000 roots', car: one(header(Array.from({ length: 2_000 }, () => leaf.cid))), codes: TOO_LARGE },
  { name: 'no roots', car: one(car([], [leaf])), codes: ['car_without_roots'] },
  { name: 'a wrong hash', car: one(car([leaf.cid], [{ ...leaf, bytes: Buffer.from('else') }])), codes: INVALID },
  {
    name: 'blake3',
    car: one(alone({ ...leaf, cid: cidOf(0x55, 0x1e, Buffer.alloc(32)) })),
    codes: ['unsupported_cid'],
  },
  { name: 'sha1', car: one(alone({ ...leaf, cid: cidOf(0x55, 0x11, Buffer.alloc(20)) })), codes: ['unsupported_cid'] },
  { name: 'an unknown codec', car: one(alone(block(0x300099, leaf.bytes))), codes: ['unsupported_cid'] },
  { name: 'a codec of our own', car: one(alone(block(0x300001, Buffer.from('hfl1')))), codes: ['unsupported_cid'] },
  {
    name: 'an identity CID of 129 bytes',
    car: one(alone({ cid: identity(129), bytes: Buffer.alloc(129, 1) })),
    codes: ['unsupported_cid'],
  },
  {
    name: 'an identity CID of a mebibyte',
    car: one(alone({ cid: identity(2 ** 20), bytes: Buffer.alloc(2 ** 20, 1) })),
    codes: TOO_LARGE,
  },
  { name: 'a cycle by identity', car: one(alone(byIdentity)), codes: ['incomplete_dag'] },
  { name: 'a missing block', car: one(car([leaf.cid, lost.cid], [leaf])), codes: ['incomplete_dag'] },
  { name: 'DAG-CBOR nested 100,000 deep', car: one(alone(nestedCbor)), codes: INVALID },
  { name: 'DAG-JSON nested 100,000 deep', car: one(alone(nestedJson)), codes: INVALID },
  { name: 'bytes behind the end', car: one(Buffer.concat([good, Buffer.from('behind')])), codes: CUT },
  { name: 'a million tiny blocks', car: () => pieces(tinyBlocks(1_000_000)), codes: TOO_LARGE },
  { name: 'a million times the same block', car: () => pieces(repeated(1_000_000)), codes: TOO_LARGE },
  { name: 'two million links to nowhere', car: () => pieces(manyLinks(50)), codes: TOO_LARGE },
  {
    name: 'a CARv2 of 2^60 bytes',
    car: () =>
      endless(
        Buffer.concat([
          Buffer.from('0aa16776657273696f6e02', 'hex'),
          Buffer.alloc(16),
          Buffer.from('3300000000000000', 'hex'),
          Buffer.from('0000000000000010', 'hex'),
          Buffer.alloc(8),
        ]),
      ),
    codes: INVALID,
  },
  {
    name: 'a CARv2 whose data begins far away',
    car: () =>
      endless(
        Buffer.concat([
          Buffer.from('0aa16776657273696f6e02', 'hex'),
          Buffer.alloc(16),
          Buffer.from('0000000000010000', 'hex'),
          Buffer.from('3300000000000000', 'hex'),
          Buffer.alloc(8),
        ]),
      ),
    codes: CUT,
  },
  ...[1, 10, 40, 60, 80, 97].map((length) => ({
    name: `cut off after ${length} bytes`,
    car: one(good.subarray(0, Math.min(length, good.length - 1))),
    codes: [...CUT, 'incomplete_dag'],
  })),
]
