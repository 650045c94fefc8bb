import { type Block, DIRECTORY, file, HAMT, linkList, node, raw, unixfs } from './build-dag.ts'

/** A DAG that is whole, and is taken; asking for it must cost next to nothing. */
export type HostileDag = {
  name: string
  /** The root last. */
  blocks: () => Block[]
  /** Of a GET of the root from the gateway. */
  statuses: readonly number[]
  /** Paths below the root, and what they may answer. */
  below?: Record<string, readonly number[]>
}

const leaf = raw(Buffer.alloc(1024, 7))
const small = raw('the bytes of a small file')

const doubled = (start: Block, size: number | bigint, times: number): Block[] => {
  const blocks = [start]
  let claimed = BigInt(size)
  for (let depth = 0; depth < times; depth++) {
    const child = blocks.at(-1) as Block
    blocks.push(file([child, child], claimed))
    claimed *= 2n
  }
  return blocks
}

const chainOfFiles = (depth: number): Block[] => {
  const blocks = [raw('x')]
  for (let at = 0; at < depth; at++) blocks.push(file([blocks.at(-1) as Block], 1))
  return blocks
}

const chainOfLists = (depth: number): Block[] => {
  const blocks = [raw('end')]
  for (let at = 0; at < depth; at++) blocks.push(linkList([blocks.at(-1) as Block]))
  return blocks
}

const directory = (...names: string[]): Block =>
  node(
    unixfs(DIRECTORY),
    names.map((name) => ({ to: small, name, tsize: 10 })),
  )

const shard = (fanout: number, links: Parameters<typeof node>[1], bitfield = Buffer.from([1])): Block =>
  node(unixfs(HAMT, { data: bitfield, fanout }), links)

const deepShards = (depth: number): Block[] => {
  const blocks = [small, shard(256, [{ to: small, name: '00x' }])]
  for (let at = 0; at < depth; at++) blocks.push(shard(256, [{ to: blocks.at(-1) as Block, name: '00' }]))
  return blocks
}

const REFUSED = [400, 404, 415, 422, 501]
const ANY = [200, ...REFUSED]

export const hostileDags: readonly HostileDag[] = [
  { name: '31 blocks of a tebibyte', blocks: () => doubled(leaf, 1024, 30), statuses: [200] },
  {
    name: '31 blocks that claim a tebibyte',
    blocks: () => [small, ...doubled(file([small], 1024), 1024, 30)],
    statuses: [200, 404, 422],
  },
  {
    name: 'one block that claims 2^53 bytes',
    blocks: () => [small, file([small], 2n ** 53n - 1n)],
    statuses: [200, 404, 422],
  },
  {
    name: 'one block that claims 2^64 - 1 bytes',
    blocks: () => [small, file([small], 2n ** 64n - 1n)],
    statuses: REFUSED,
  },
  { name: 'a file 20,000 deep', blocks: () => chainOfFiles(20_000), statuses: [200, ...REFUSED] },
  { name: 'lists 20,000 deep', blocks: () => chainOfLists(20_000), statuses: ANY },
  { name: '2^30 repeats of nothing', blocks: () => doubled(raw(''), 0, 30), statuses: [200] },
  {
    name: 'a shard with a fan-out of 2^31',
    blocks: () => [small, shard(2 ** 31, [{ to: small, name: '00x' }])],
    statuses: REFUSED,
  },
  {
    name: 'a shard with a fan-out of 0',
    blocks: () => [small, shard(0, [{ to: small, name: '00x' }])],
    statuses: REFUSED,
  },
  {
    name: 'a shard with a fan-out of 3',
    blocks: () => [small, shard(3, [{ to: small, name: '00x' }])],
    statuses: REFUSED,
  },
  {
    name: 'a shard whose bits are a megabyte',
    blocks: () => [small, shard(256, [{ to: small, name: '00x' }], Buffer.alloc(2 ** 20, 0xff))],
    statuses: ANY,
  },
  { name: 'shards 1,000 deep', blocks: () => deepShards(1_000), statuses: ANY, below: { x: REFUSED } },
  {
    name: 'a directory that lies about sizes',
    blocks: () => [small, node(unixfs(DIRECTORY), [{ to: small, name: 'a.txt', tsize: 2n ** 63n }])],
    statuses: [200],
    below: { 'a.txt': [200] },
  },
  {
    name: 'names that leave the directory',
    blocks: () => [small, directory('../../etc/passwd', '..', '/', 'ok.txt')],
    statuses: ANY,
    below: { 'ok.txt': ANY, '..%2f..%2fetc%2fpasswd': REFUSED, '..': [200, 301, 302, 307, 308, ...REFUSED] },
  },
  { name: 'names that are none', blocks: () => [small, directory('', '.', 'a\0b', 'x'.repeat(70_000))], statuses: ANY },
  { name: 'the same name twice', blocks: () => [small, directory('a', 'a')], statuses: ANY, below: { a: REFUSED } },
  {
    name: 'a directory of 30,000 entries in one block',
    blocks: () => [small, directory(...Array.from({ length: 30_000 }, (_, index) => `${index}`))],
    statuses: ANY,
  },
  {
    name: 'directories that hold themselves 2^40 times',
    blocks: () => {
      const blocks = [small, directory('a')]
      for (let depth = 0; depth < 40; depth++)
        blocks.push(
          node(
            unixfs(DIRECTORY),
            ['a', 'b'].map((name) => ({ to: blocks.at(-1) as Block, name })),
          ),
        )
      return blocks
    },
    statuses: [200],
  },
]
