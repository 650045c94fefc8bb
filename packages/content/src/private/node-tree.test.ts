import { randomBytes } from 'node:crypto'
import { CarReader } from '@ipld/car'
import { CODEC_DAG_CBOR, CODEC_RAW } from '@packages/shared/cid'
import type { CID } from 'multiformats/cid'
import { expect, test } from 'vitest'
import type { BlockSource } from '../block-source.ts'
import { linkedCids } from '../block-store/block-links.ts'
import { encodeBlockList } from '../block-store/block-list.ts'
import { BlockStore } from '../block-store/block-store.ts'
import { matchesHash } from '../block-store/hash-block.ts'
import { leafDag, rawBlock, type TestBlock, textBlock, testFolders, treeDag } from '../block-store/test-dags.ts'
import { walkDag } from '../dag/walk-dag.ts'
import { MissingBlockError } from '../unixfs/dag-errors.ts'
import { copyList } from './copy-list.ts'
import { cidOnNodes, exportNodeCar, fromNodes, nodeRootOf } from './node-tree.ts'
import { openPrivateContent, PRIVATE_REALM, PrivateContentDamaged } from './open-private-content.ts'
import { newOwner, putPrivate } from './test-private.ts'
import { walkList } from './walk-list.ts'

const signal = new AbortController().signal

/** Blocks as a node keeps them: by multihash and codec, and none with a codec that it does not know. */
class NodeBlocks implements BlockSource {
  readonly blocks = new Map<string, TestBlock>()

  add(block: TestBlock): void {
    const { code, multihash } = block.cid
    if ((code !== CODEC_RAW && code !== CODEC_DAG_CBOR) || !matchesHash(multihash, block.bytes))
      throw new Error('no node would take this block')
    this.blocks.set(block.cid.toString(), block)
  }

  get(cid: CID): Promise<Uint8Array | undefined> {
    return Promise.resolve(this.blocks.get(cid.toString())?.bytes)
  }
}

const pushed = async (source: BlockSource, list: CID): Promise<{ root: CID; node: NodeBlocks }> => {
  const reader = await CarReader.fromIterable(exportNodeCar(source, list))
  const node = new NodeBlocks()
  for await (const block of reader.blocks()) node.add(block as TestBlock)
  const roots = (await reader.getRoots()) as CID[]
  return { root: roots[0] ?? expect.fail('no root'), node }
}
const memory = (blocks: readonly TestBlock[]): BlockSource => {
  const by = new Map(blocks.map(({ cid, bytes }) => [cid.toString(), bytes]))
  return { get: (cid) => Promise.resolve(by.get(cid.toString())) }
}

test('a node gets one root that it can walk, over every ciphertext and list, and the content opens from what it has', async () => {
  await using folders = testFolders()
  const store = await BlockStore.open({ directory: await folders.make() })
  const owner = newOwner('content')
  const dag = treeDag('secret', 50)
  const { list, blocks } = await putPrivate(store, owner, dag)
  const { root, node } = await pushed(store.reader(PRIVATE_REALM), list)
  expect(root.code).toBe(CODEC_DAG_CBOR)
  expect(root.equals(await nodeRootOf(store.reader(PRIVATE_REALM), list))).toBe(true)
  const walked = await Array.fromAsync(walkDag(node, root))
  // What is stored here, and the one node over it.
  expect([walked.length, node.blocks.size]).toEqual([blocks + 1, blocks + 1])
  const content = await openPrivateContent(fromNodes(node), { ...owner, list })
  for (const { cid, bytes } of dag.blocks)
    expect(Buffer.compare((await content.get(cid)) ?? Buffer.of(0), bytes)).toBe(0)
  await store.close()
})

test('what a node gets has no CID and no byte of the plaintext', async () => {
  await using folders = testFolders()
  const store = await BlockStore.open({ directory: await folders.make() })
  const secret = leafDag('nobody else is to read this sentence')
  const { list } = await putPrivate(store, newOwner('content'), secret)
  const car = Buffer.concat(await Array.fromAsync(exportNodeCar(store.reader(PRIVATE_REALM), list)))
  expect(car.includes(secret.root.multihash.digest)).toBe(false)
  expect(car.includes('nobody else')).toBe(false)
  // Another root's key makes another tree of the same plaintext: nodes cannot tell that two have the same.
  const other = await putPrivate(store, newOwner('other'), secret)
  const roots = [list, other.list].map((one) => nodeRootOf(store.reader(PRIVATE_REALM), one))
  const [one, two] = await Promise.all(roots)
  expect(one?.equals(two)).toBe(false)
  await store.close()
})

test('a tree of several levels is the same whenever it is made, and no node of it has more than 4,096 links', async () => {
  const leaves = Array.from({ length: 9_000 }, (_, i) => textBlock(`${i}`))
  const list = await encodeBlockList(leaves.map(({ cid }) => cid))
  const source = memory([...leaves, ...list.blocks])
  const { root, node } = await pushed(source, list.root)
  expect(root.equals(await nodeRootOf(source, list.root))).toBe(true)
  const widths = [...node.blocks.values()].flatMap(({ cid, bytes }) =>
    cid.code === CODEC_DAG_CBOR ? [linkedCids(cid.code, bytes).length] : [],
  )
  const all = leaves.length + list.blocks.length
  expect([Math.max(...widths), widths.length]).toEqual([4_096, Math.ceil(all / 4_096) + 1])
  const below = new Set((await Array.fromAsync(walkDag(node, root))).map(({ cid }) => cid.toString()))
  expect([...leaves, ...list.blocks].filter(({ cid }) => !below.has(cidOnNodes(cid).toString()))).toEqual([])
})

test('a content that lacks a ciphertext gives no whole CAR, and one that is no list none at all', async () => {
  const leaves = [textBlock('a'), textBlock('b')]
  const list = await encodeBlockList(leaves.map(({ cid }) => cid))
  const lacking = memory([...leaves.slice(1), ...list.blocks])
  await expect(Array.fromAsync(exportNodeCar(lacking, list.root))).rejects.toThrow(MissingBlockError)
  await expect(Array.fromAsync(walkList(memory(leaves), textBlock('a').cid))).rejects.toThrow(PrivateContentDamaged)
})

test('a content comes home from a node without its key, and a block that was changed on the way stops it', async () => {
  await using folders = testFolders()
  const [here, home] = [
    await BlockStore.open({ directory: await folders.make() }),
    await BlockStore.open({ directory: await folders.make() }),
  ]
  const owner = newOwner('content')
  const dag = treeDag('secret', 20)
  const { list, ...size } = await putPrivate(here, owner, dag)
  const { node } = await pushed(here.reader(PRIVATE_REALM), list)
  const { contentId } = owner
  expect(await copyList(fromNodes(node), { store: home, contentId, list, signal })).toEqual(size)
  home.settle(contentId)
  const content = await openPrivateContent(home.reader(PRIVATE_REALM), { ...owner, list })
  expect(Buffer.compare((await content.get(dag.root)) ?? Buffer.of(0), dag.blocks.at(-1)?.bytes ?? Buffer.of())).toBe(0)

  const [first] = (await Array.fromAsync(walkList(here.reader(PRIVATE_REALM), list))).filter(
    ({ cid }) => cid.code === CODEC_RAW,
  )
  const lying: BlockSource = {
    get: async (cid) => (first?.cid.equals(cid) ? rawBlock(randomBytes(9)).bytes : fromNodes(node).get(cid)),
  }
  const again = { store: home, contentId: 'another', list, signal }
  await expect(copyList(lying, again)).rejects.toMatchObject({ code: 'invalid_request' })
  expect(home.hasRoot('another')).toBe(false)
  home.settle('another')
  await here.close()
  await home.close()
})
