import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { BlockStore } from './block-store.ts'
import { LIST_CODEC } from './block-list.ts'
import { joinDags, leafDag, problemsOf, putDag, readsBack, type TestBlock, testFolders, treeDag } from './test-dags.ts'

const REALM = 'incomplete'
const whole = joinDags([treeDag('left', 20, 4), treeDag('right', 20, 4), leafDag('end')])
const BLOCKS: readonly TestBlock[] = whole.blocks

/** Nodes without their children, leaves without their parents: whatever `picks` says. */
const importPart = async (store: BlockStore, contentId: string, picks: readonly number[]): Promise<void> => {
  const upload = store.beginUpload({ realm: REALM, contentId })
  const list = upload.beginList()
  for (const i of picks) {
    const block = BLOCKS[i % BLOCKS.length]
    if (block === undefined) continue
    await upload.put(block.cid, block.bytes)
    await list.add(block.cid)
  }
  await upload.commit(await list.finish())
}

const heldBlocks = async (store: BlockStore): Promise<Set<number>> => {
  const reader = store.reader(REALM)
  const held = new Set<number>()
  for (const [i, { cid }] of BLOCKS.entries()) if ((await reader.get(cid)) !== undefined) held.add(i)
  return held
}

type Step =
  | { kind: 'import'; picks: number[] }
  | { kind: 'release'; which: number }
  | { kind: 'crash' }
  | { kind: 'rebuild' }

const steps = fc.array(
  fc.oneof<fc.Arbitrary<Step>[]>(
    fc.record({ kind: fc.constant('import'), picks: fc.uniqueArray(fc.nat(BLOCKS.length - 1), { maxLength: 40 }) }),
    fc.record({ kind: fc.constant('release'), which: fc.nat(5) }),
    fc.constant({ kind: 'crash' }),
    fc.constant({ kind: 'rebuild' }),
  ),
  { minLength: 1, maxLength: 12 },
)

test('an import that lacks blocks is held as its blocks, through releases, crashes and rebuilds', async () => {
  await using folders = testFolders()
  const run = async (list: Step[]): Promise<void> => {
    let directory = await folders.make()
    const options = { spillBytes: 1_000, sliceBlocks: 8, noIndexSync: true }
    let store = await BlockStore.open({ directory, ...options })
    const model = new Map<string, Set<number>>()
    let next = 0
    for (const step of list) {
      if (step.kind === 'import') {
        const id = `import-${next++}`
        await importPart(store, id, step.picks)
        model.set(id, new Set(step.picks))
      } else if (step.kind === 'release') {
        const id = [...model.keys()][step.which]
        if (id === undefined) continue
        expect(await store.release(id)).toBe(true)
        model.delete(id)
      } else {
        const left = await folders.copy(directory)
        await store.close()
        directory = left
        if (step.kind === 'rebuild') await rm(join(directory, 'index'), { recursive: true })
        store = await BlockStore.open({ directory, ...options })
      }
      await store.idle()
      const wanted = new Set([...model.values()].flatMap((picks) => [...picks]))
      expect(await heldBlocks(store)).toEqual(wanted)
      expect(await problemsOf(store)).toEqual([])
    }
    for (const id of model.keys()) await store.release(id)
    await store.idle()
    expect((await store.stats()).blocks).toBe(0)
    await store.close()
  }
  await fc.assert(fc.asyncProperty(steps, run), { numRuns: Number(process.env.HOLDFAST_MODEL_RUNS ?? 30) })
}, 120_000)

test('what an import holds can complete a DAG elsewhere, and goes on its own', async () => {
  await using folders = testFolders()
  const store = await BlockStore.open({ directory: await folders.make() })
  await importPart(store, 'part', [BLOCKS.length - 1, 0])
  const reader = store.reader(REALM)
  const upload = store.beginUpload({ realm: 'public', contentId: 'whole' })
  for (const [i, { cid, bytes }] of BLOCKS.entries())
    await upload.put(cid, i === 0 || i === BLOCKS.length - 1 ? ((await reader.get(cid)) ?? bytes) : bytes)
  await upload.commit(whole.root)
  await store.release('part')
  await store.idle()
  expect(await readsBack(store, whole)).toBe(true)
  expect((await store.stats()).realms[REALM]?.blocks ?? 0).toBe(0)
  await store.close()
})

test('one list brings many roots at once: each is taken over, then the list goes', async () => {
  await using folders = testFolders()
  const store = await BlockStore.open({ directory: await folders.make() })
  const dags = [treeDag('one', 9, 3), leafDag('two'), treeDag('three', 5, 3)]
  const upload = store.beginUpload({ realm: 'public', contentId: 'list' })
  const list = upload.beginList()
  for (const dag of dags) {
    for (const { cid, bytes } of dag.blocks) await upload.put(cid, bytes)
    await list.add(dag.root)
  }
  const root = await list.finish()
  await upload.commit(root)
  expect(await store.adoptRoot({ realm: 'public', contentId: 'thief', cid: root })).toBe(false)
  for (const [i, dag] of dags.entries())
    expect(await store.adoptRoot({ realm: 'public', contentId: `root-${i}`, cid: dag.root })).toBe(true)
  await store.release('list')
  await store.release('root-1')
  await store.idle()
  expect(await Promise.all(dags.map((dag) => readsBack(store, dag)))).toEqual([true, false, true])
  expect(await store.reader('public').get(root)).toBeUndefined()
  expect(await problemsOf(store)).toEqual([])
  await store.close()
})

test('lists are not taken from outside', async () => {
  await using folders = testFolders()
  const store = await BlockStore.open({ directory: await folders.make() })
  await putDag(store, 'leaf', leafDag('leaf'))
  const upload = store.beginUpload({ realm: 'public', contentId: 'list' })
  const list = store.beginUpload({ realm: REALM, contentId: 'other' }).beginList()
  await list.add(leafDag('leaf').root)
  const cid = await list.finish()
  expect(cid.code).toBe(LIST_CODEC)
  expect(() => upload.put(cid, new Uint8Array())).toThrow(expect.objectContaining({ code: 'unsupported_cid' }))
  await upload.abort()
  await store.close()
})

test('blocks over 2 MiB are refused, whole or in pieces, and blocks of 2 MiB are not', async () => {
  await using folders = testFolders()
  const store = await BlockStore.open({ directory: await folders.make() })
  const upload = store.beginUpload({ realm: 'public', contentId: 'large', trusted: true })
  const cid = leafDag('whatever').root
  const tooLarge = expect.objectContaining({ code: 'payload_too_large' })
  expect(() => upload.put(cid, new Uint8Array(2 * 1024 * 1024 + 1))).toThrow(tooLarge)
  await upload.put(cid, new Uint8Array(2 * 1024 * 1024))
  expect(() => upload.putParts(leafDag('other').root, [], 2 * 1024 * 1024 + 1)).toThrow(tooLarge)
  await upload.abort()
  await store.close()
})
