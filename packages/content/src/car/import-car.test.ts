import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { randomUUIDv7 } from 'node:crypto'
import { encode as encodePb, prepare } from '@ipld/dag-pb'
import { UnixFS } from 'ipfs-unixfs'
import { CID } from 'multiformats/cid'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { BlockStore } from '../block-store/block-store.ts'
import { encodeFileNode } from '../unixfs/file-node-encode.ts'
import { describeRoot } from './describe-root.ts'
import { exportCar } from './export-car.ts'
import { type ImportCarOptions, importCar } from './import-car.ts'
import { carV1, carV2, cborBlock, inPieces, rawBlock, section, sha256, type TestBlock } from './test-cars.ts'

let directory: string
let store: BlockStore
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'hf-car-'))
  store = await BlockStore.open({ directory, noIndexSync: true })
})
afterAll(async () => {
  await store.close()
  await rm(directory, { recursive: true, force: true })
})

const take = (car: Uint8Array, options: Partial<ImportCarOptions> = {}) =>
  importCar(inPieces(car), { store, newContentId: () => randomUUIDv7(), incomplete: 'refuse', ...options })
const roots = async (realm: string): Promise<string[]> =>
  (await Array.fromAsync(store.roots({ realm }))).map(({ cid }) => cid.toString()).toSorted()
const has = async (cid: CID, realm = 'public'): Promise<boolean> => (await store.reader(realm).get(cid)) !== undefined
const release = async (ids: { contentId: string }[]): Promise<void> => {
  for (const { contentId } of ids) {
    await store.release(contentId)
    store.settle(contentId)
  }
  await store.idle()
}
/** Blocks that no other test has. */
let fresh = 0
const leafOf = (text = 'leaf'): TestBlock => rawBlock(`${text} ${fresh++}`)
const large = (): TestBlock => rawBlock(Buffer.alloc(1_500_000, `large ${fresh++}`))
const emptiness = async () => {
  await store.idle()
  expect(await roots('public')).toEqual([])
  expect(await roots('incomplete')).toEqual([])
  await expect.poll(() => store.inFlight().size).toBe(0)
}

describe('importing a CAR', () => {
  it.each([
    ['in memory', leafOf],
    ['in a segment of its own', large],
  ])('takes one whole DAG, counts, and drops what is below no root: %s', async (_, leaf) => {
    const [a, b, stray, lost] = [leaf(), leaf(), leaf(), leaf()]
    const root = cborBlock({ a: a.cid, b: b.cid })
    // It is below no root, and lacks a block itself: nobody asked for it.
    const strayNode = cborBlock({ lost: lost.cid })
    const car = await take(carV2(carV1([root.cid], [root, a, stray, b, a, strayNode])))
    const bytes = [root, a, b].reduce((sum, block) => sum + block.bytes.length, 0)
    expect(car).toMatchObject({
      state: 'whole',
      roots: [{ cid: root.cid, dagSize: bytes, blocks: 3 }],
      report: {
        version: 2,
        sections: 6,
        duplicates: 1,
        survey: {
          missing: { count: 0 },
          added: { blocks: 3, bytes },
          held: { blocks: 0, bytes: 0 },
          unreachable: { blocks: 2, bytes: stray.bytes.length + strayNode.bytes.length },
        },
      },
    })
    if (car.state !== 'whole') throw new Error('not whole')
    expect(await has(a.cid)).toBe(true)
    expect(await has(stray.cid)).toBe(false)
    const [stored] = await Array.fromAsync(store.roots({ realm: 'public' }))
    expect(stored).toMatchObject({ bytes, blocks: 3 })

    const again = await take(carV1([root.cid], [root, a, b]))
    expect(again).toMatchObject({
      state: 'whole',
      report: { survey: { added: { blocks: 0 }, held: { blocks: 3, bytes } } },
    })
    if (again.state !== 'whole') throw new Error('not whole')
    await release([...car.roots, ...again.roots])
    await emptiness()
  })

  it('gives each of several roots its own, with its own size', async () => {
    const [shared, one, two] = [large(), leafOf(), leafOf()]
    const first = cborBlock({ shared: shared.cid, one: one.cid })
    const second = cborBlock([first.cid, two.cid])
    const car = await take(carV1([first.cid, second.cid, first.cid], [two, second, first, one, shared]))
    if (car.state !== 'whole') throw new Error('not whole')
    expect(car.roots.map(({ cid, blocks }) => [cid.toString(), blocks])).toEqual([
      [first.cid.toString(), 3],
      [second.cid.toString(), 5],
    ])
    expect(await roots('public')).toEqual([first.cid, second.cid].map(String).toSorted())
    await release(car.roots.slice(0, 1))
    expect(await has(shared.cid)).toBe(true)
    await release(car.roots.slice(1))
    expect(await has(shared.cid)).toBe(false)
    await emptiness()
  })

  it('is whole with what the store holds, and charges for all of it', async () => {
    const [old, added] = [leafOf(), leafOf()]
    const held = cborBlock({ old: old.cid })
    const before = await take(carV1([held.cid], [held, old]))
    const root = cborBlock({ held: held.cid, added: added.cid })
    const car = await take(carV1([root.cid], [root, added]))
    if (car.state !== 'whole' || before.state !== 'whole') throw new Error('not whole')
    const bytes = [old, held, added, root].reduce((sum, block) => sum + block.bytes.length, 0)
    expect(car.roots[0]).toMatchObject({ dagSize: bytes, blocks: 4 })
    await release([...before.roots, ...car.roots])
    await emptiness()
  })

  it.each([
    ['small', leafOf],
    ['large', large],
  ])('refuses what is not whole, says what is missing, and keeps nothing: %s', async (_, leaf) => {
    const [a, lost] = [leaf(), leaf()]
    const root = cborBlock({ a: a.cid, lost: lost.cid })
    const wrong = { ...a, cid: sha256(0x0129, a.bytes) }
    await expect(take(carV1([root.cid], [root, a]))).rejects.toMatchObject({
      code: 'incomplete_dag',
      missing: { count: 1, cids: [lost.cid.toString()] },
    })
    // The root is missing itself.
    await expect(take(carV1([root.cid], [a]))).rejects.toMatchObject({ missing: { cids: [root.cid.toString()] } })
    await expect(take(carV1([root.cid], [root, a, lost, wrong]))).rejects.toMatchObject({ code: 'invalid_car' })
    await emptiness()
    expect(await has(a.cid)).toBe(false)
  })

  it('keeps what is not whole, and goes on with it', async () => {
    const [a, b, c, stray] = [leafOf(), large(), leafOf(), leafOf()]
    const root = cborBlock({ a: a.cid, b: b.cid, c: c.cid })
    const first = await take(carV1([root.cid], [root, a, stray]), { incomplete: 'keep' })
    expect(first).toMatchObject({ state: 'incomplete', report: { survey: { missing: { count: 2 } } } })
    if (first.state !== 'incomplete') throw new Error('whole')
    expect(await has(a.cid, 'incomplete')).toBe(true)
    expect(await has(stray.cid, 'incomplete')).toBe(false)
    expect(await has(a.cid)).toBe(false)
    const second = await take(carV1([], [b]), { incomplete: 'keep', continues: first.kept })
    expect(second).toMatchObject({ state: 'incomplete', report: { survey: { missing: { cids: [c.cid.toString()] } } } })
    if (second.state !== 'incomplete') throw new Error('whole')
    await release([first.kept])
    await expect(take(carV1([], []), { continues: second.kept })).rejects.toMatchObject({ code: 'incomplete_dag' })
    const last = await take(carV1([], [c]), { continues: second.kept })
    expect(last).toMatchObject({ state: 'whole', roots: [{ cid: root.cid, blocks: 4 }] })
    if (last.state !== 'whole') throw new Error('not whole')
    await release([second.kept])
    for (const { cid } of [root, a, b, c]) expect(await has(cid)).toBe(true)
    expect(await has(a.cid, 'incomplete')).toBe(false)
    await release(last.roots)
    await emptiness()
  })

  it('makes no difference between keep and refuse when it is whole', async () => {
    const [a, b] = [leafOf(), large()]
    const root = cborBlock([a.cid, b.cid])
    const car = await take(carV1([root.cid], [root, a, b]), { incomplete: 'keep' })
    expect(car).toMatchObject({ state: 'whole', roots: [{ blocks: 3 }] })
    expect(await has(a.cid, 'incomplete')).toBe(false)
    if (car.state === 'whole') await release(car.roots)
    await emptiness()
  })

  it('asks for a root where the header has none', async () => {
    const a = leafOf()
    await expect(take(carV1([], [a]))).rejects.toMatchObject({ code: 'car_without_roots' })
    const car = await take(carV1([], [a]), { root: a.cid })
    expect(car).toMatchObject({ state: 'whole', roots: [{ cid: a.cid }] })
    if (car.state === 'whole') await release(car.roots)
    await emptiness()
  })

  it('leaves nothing when the caller goes away', async () => {
    const gone = new AbortController()
    const [a, b] = [large(), large()]
    const source = (async function* () {
      yield carV1([a.cid], [a])
      gone.abort(new Error('gone'))
      yield section(b)
    })()
    const importing = importCar(source, {
      store,
      newContentId: () => randomUUIDv7(),
      incomplete: 'refuse',
      signal: gone.signal,
    })
    await expect(importing).rejects.toThrow('gone')
    await emptiness()
  })
})

const exported = async (root: CID): Promise<Buffer> =>
  Buffer.concat(await Array.fromAsync(exportCar(store.reader('public'), root)))

describe('exporting a CAR', () => {
  it('gives each block once, depth first, and the same bytes each time', async () => {
    const [a, b] = [leafOf(), large()]
    const left = cborBlock({ a: a.cid, b: b.cid })
    const root = cborBlock([left.cid, a.cid, left.cid])
    const car = await take(carV1([root.cid], [b, a, left, root]))
    expect(await exported(root.cid)).toEqual(carV1([root.cid], [root, left, a, b]))
    if (car.state === 'whole') await release(car.roots)
    await expect(exported(root.cid)).rejects.toMatchObject({ code: 'not_found' })
  })

  it('keeps CIDs of version 0 as they are linked, and puts the blocks of a path first', async () => {
    const bytes = encodePb(
      prepare({ Data: new UnixFS({ type: 'file', data: Buffer.from(`v0 ${fresh++}`) }).marshal(), Links: [] }),
    )
    const leaf = { cid: CID.createV0(sha256(0x70, bytes).multihash as never), bytes }
    const root = cborBlock({ leaf: leaf.cid })
    const top = cborBlock({ root: root.cid })
    const car = await take(carV1([top.cid], [top, root, leaf]))
    expect(await exported(root.cid)).toEqual(carV1([root.cid], [root, leaf]))
    const withPath = exportCar(store.reader('public'), root.cid, { path: [top.cid, root.cid] })
    expect(Buffer.concat(await Array.fromAsync(withPath))).toEqual(carV1([root.cid], [top, root, leaf]))
    if (car.state === 'whole') await release(car.roots)
  })
})

const pb = (data: UnixFS, links: { cid: CID; size?: number }[] = []): TestBlock => {
  const Links = links.map(({ cid, size = 1 }) => ({ Hash: cid, Name: 'x', Tsize: size }))
  const bytes = encodePb(prepare({ Data: data.marshal(), Links }))
  return { cid: sha256(0x70, bytes), bytes }
}
const fileOf = (children: CID[], fileBytes: number): TestBlock => {
  const bytes = encodeFileNode(children.map((cid) => ({ cid, fileBytes, dagBytes: 1 })))
  return { cid: sha256(0x70, bytes), bytes }
}
const describeIt = async (blocks: TestBlock[]): Promise<unknown> => {
  const root = blocks.at(-1) as TestBlock
  const car = await take(carV1([root.cid], blocks))
  const described = await describeRoot(store.reader('public'), root.cid)
  if (car.state === 'whole') await release(car.roots)
  return described
}

describe('what a root is', () => {
  it('is proven, not believed', async () => {
    const leaf = rawBlock(Buffer.alloc(1000, 1))
    const doubled = [leaf]
    let size = 1000
    for (let depth = 0; depth < 30; depth++) {
      const { cid } = doubled.at(-1) as TestBlock
      doubled.push(fileOf([cid, cid], size))
      size *= 2
    }
    expect(await describeIt(doubled)).toEqual({ kind: 'file', size: 1000 * 2 ** 30 })
    const liar = fileOf([leaf.cid], 2 ** 40)
    expect(await describeIt([leaf, liar])).toEqual({ kind: 'dag', size: undefined })
    const directory = pb(new UnixFS({ type: 'directory' }), [{ cid: leaf.cid, size: 2 ** 50 }])
    expect(await describeIt([leaf, directory])).toEqual({ kind: 'directory', size: 1000 })
    const withLiar = pb(new UnixFS({ type: 'directory' }), [{ cid: liar.cid }])
    expect(await describeIt([leaf, liar, withLiar])).toEqual({ kind: 'directory', size: undefined })
    expect(await describeIt([leaf])).toEqual({ kind: 'file', size: 1000 })
    expect(await describeIt([leaf, cborBlock({ leaf: leaf.cid })])).toEqual({ kind: 'dag', size: undefined })
  })
})
