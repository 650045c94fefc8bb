import { execFileSync, fork, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { open, readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { BlockStore } from '../block-store.ts'
import type { StoreFaults } from '../store-options.ts'
import { problemsOf, putDag, rawBlock, readsBack, type TestDag, testFolders } from '../test-dags.ts'

const OPTIONS = { spillBytes: 2_000, segmentBytes: 20_000, sliceBlocks: 16, reserveBytes: 0 }

const bulky = (name: string, bytes = 900): TestDag => {
  const block = rawBlock(Buffer.alloc(bytes, name))
  return { root: block.cid, blocks: [block] }
}

/** Puts `count` files and releases all but every `keep`th. */
const fill = async (store: BlockStore, count: number, keep: number): Promise<string[]> => {
  const kept: string[] = []
  for (let i = 0; i < count; i++) await putDag(store, `f${i}`, bulky(`file ${i}`))
  for (let i = 0; i < count; i++)
    if (i % keep === 0) kept.push(`f${i}`)
    else await store.release(`f${i}`)
  await store.idle()
  return kept
}

const dagOf = (id: string): TestDag => bulky(`file ${id.slice(1)}`)

const expectHeld = async (store: BlockStore, kept: readonly string[], count: number): Promise<void> => {
  for (let i = 0; i < count; i++) {
    expect(store.hasRoot(`f${i}`), `f${i}`).toBe(kept.includes(`f${i}`))
    expect(await readsBack(store, dagOf(`f${i}`)), `f${i}`).toBe(kept.includes(`f${i}`))
  }
  expect(await problemsOf(store)).toEqual([])
}

test('gives the space of what was released back, and keeps what was not', async () => {
  await using folders = testFolders()
  const directory = await folders.make()
  let store = await BlockStore.open({ directory, ...OPTIONS })
  const kept = await fill(store, 100, 10)
  const before = await store.stats()
  const result = await store.compact()
  expect(result).toMatchObject({ state: 'done', damaged: 0, noRoom: 0 })
  const after = await store.stats()
  expect(after.bytes).toBeLessThan(before.bytes / 4)
  // Segments with nothing but release markers go by themselves.
  expect(before.bytes - after.bytes).toBeGreaterThanOrEqual(result.freedBytes)
  expect(result.freedBytes).toBeGreaterThan(0)
  expect(after.lastCompaction).toMatchObject({ segments: result.segments })
  await expectHeld(store, kept, 100)
  // There is nothing to do a second time.
  expect(await store.compact()).toMatchObject({ segments: 0, writtenBytes: 0 })
  await store.close()
  await rm(join(directory, 'index'), { recursive: true })
  store = await BlockStore.open({ directory, ...OPTIONS })
  await expectHeld(store, kept, 100)
  for (const id of kept) await store.release(id)
  await store.idle()
  await store.compact()
  expect(await store.stats()).toMatchObject({ segments: 0, blocks: 0, bytes: 0 })
  await store.close()
})

test('the segment that is written to is no exception', async () => {
  await using folders = testFolders()
  const store = await BlockStore.open({ directory: await folders.make(), reserveBytes: 0 })
  const kept = await fill(store, 300, 50)
  expect(await store.stats()).toMatchObject({ segments: 1 })
  const { freedBytes } = await store.compact()
  expect(freedBytes).toBeGreaterThan(300_000)
  expect((await store.stats()).bytes).toBeLessThan(12_000)
  await expectHeld(store, kept, 300)
  await store.close()
})

test('each realm has its own', async () => {
  await using folders = testFolders()
  const store = await BlockStore.open({ directory: await folders.make(), ...OPTIONS })
  for (const realm of ['public', 'tenant'])
    for (let i = 0; i < 40; i++) await putDag(store, `${realm}${i}`, dagOf(`f${i}`), realm)
  for (let i = 1; i < 40; i++) await store.release(`public${i}`)
  for (let i = 0; i < 39; i++) await store.release(`tenant${i}`)
  await store.idle()
  await store.compact()
  expect(await store.stats()).toMatchObject({ roots: 2, segments: 2, blocks: 2 })
  expect(await readsBack(store, dagOf('f0'))).toBe(true)
  expect(await readsBack(store, dagOf('f0'), 'tenant')).toBe(false)
  expect(await readsBack(store, dagOf('f39'), 'tenant')).toBe(true)
  await store.close()
})

const findSegmentOf = async (directory: string, bytes: Uint8Array): Promise<{ path: string; offset: number }> => {
  for (const name of await readdir(join(directory, 'segments'))) {
    const path = join(directory, 'segments', name)
    const offset = (await readFile(path)).indexOf(bytes)
    if (offset >= 0) return { path, offset }
  }
  throw new Error('the block is in no segment')
}

const flipByteOf = async (directory: string, dag: TestDag): Promise<string> => {
  const { path, offset } = await findSegmentOf(directory, dag.blocks[0]?.bytes ?? new Uint8Array())
  const file = await open(path, 'r+')
  await file.write('!', offset + 100)
  await file.close()
  return path
}

const compactDamaged = async (faults: StoreFaults) => {
  await using folders = testFolders()
  const directory = await folders.make()
  const store = await BlockStore.open({ directory, ...OPTIONS, faults })
  const kept = await fill(store, 40, 10)
  const path = await flipByteOf(directory, dagOf('f10'))
  const told: string[] = []
  const compact = () => store.compact({ onDamaged: (realm, cid) => told.push(`${realm} ${cid}`) })
  const [first, second] = [await compact(), await compact()]
  const files = await readdir(join(directory, 'segments'))
  const others = await Promise.all(kept.filter((id) => id !== 'f10').map((id) => readsBack(store, dagOf(id))))
  await store.close()
  return { first, second, told, isKept: files.some((name) => path.endsWith(name)), others: others.every(Boolean) }
}

test('a damaged block is told and never copied; what is sound is safe, and its segment is kept', async () => {
  const { first, second, told, isKept, others } = await compactDamaged({})
  expect(told).toEqual([`public ${dagOf('f10').root}`])
  expect(first).toMatchObject({ state: 'done', damaged: 1 })
  // There is nothing new to find.
  expect(second).toMatchObject({ segments: 0, damaged: 0 })
  expect({ isKept, others }).toEqual({ isKept: true, others: true })
  expect((await compactDamaged({ copyDamaged: true })).isKept).toBe(false)
})

/** A root is released while its marker is being carried over; then the power goes, and the index with it. */
const releaseWhileCarried = async (faults: StoreFaults): Promise<boolean> => {
  await using folders = testFolders()
  const directory = await folders.make()
  const waits = new Map<string, { hit: PromiseWithResolvers<void>; go: PromiseWithResolvers<void> }>()
  const at = (where: string) => {
    const wait = { hit: Promise.withResolvers<void>(), go: Promise.withResolvers<void>() }
    waits.set(where, wait)
    return wait
  }
  const pause = async (where: string): Promise<void> => {
    const wait = waits.get(where)
    wait?.hit.resolve()
    await wait?.go.promise
  }
  const store = await BlockStore.open({ directory, ...OPTIONS, faults: { pause, ...faults } })
  await fill(store, 40, 10)
  const copied = at('copies-synced')
  const compaction = store.compact()
  await copied.hit.promise
  // The release is durable and not done yet: the root still looks alive to those who carry its marker.
  const released = at('synced')
  const releasing = store.release('f10')
  await released.hit.promise
  const carried = at('copies-synced')
  copied.go.resolve()
  await carried.hit.promise
  released.go.resolve()
  expect(await releasing).toBe(true)
  const copy = await folders.copy(directory)
  await rm(join(copy, 'index'), { recursive: true })
  const after = await BlockStore.open({ directory: copy, ...OPTIONS })
  const isBack = after.hasRoot('f10')
  expect(after.hasRoot('f20')).toBe(true)
  await after.close()
  waits.clear()
  carried.go.resolve()
  await compaction
  expect(store.hasRoot('f10')).toBe(false)
  expect(await problemsOf(store)).toEqual([])
  await store.close()
  return isBack
}

test('a release that is under way wins over the marker that is carried at the same time', async () => {
  expect(await releaseWhileCarried({})).toBe(false)
  expect(await releaseWhileCarried({ carryAsNew: true })).toBe(true)
})

test('stops when it is told to, and goes on in the next pass', async () => {
  await using folders = testFolders()
  const store = await BlockStore.open({ directory: await folders.make(), ...OPTIONS })
  const kept = await fill(store, 100, 5)
  const stop = new AbortController()
  const first = store.compact({ signal: stop.signal, bytesPerSecond: 200_000 })
  await expect(store.compact()).rejects.toMatchObject({ code: 'conflict' })
  await sleep(150)
  stop.abort()
  expect(await first).toMatchObject({ state: 'stopped' })
  await expectHeld(store, kept, 100)
  expect(await store.compact()).toMatchObject({ state: 'done' })
  await expectHeld(store, kept, 100)
  expect((await store.stats()).bytes).toBeLessThan(40_000)
  await store.close()
})

test('keeps to its rate', async () => {
  await using folders = testFolders()
  const store = await BlockStore.open({ directory: await folders.make(), ...OPTIONS })
  await fill(store, 100, 5)
  const { bytes } = await store.stats()
  const started = performance.now()
  await store.compact({ bytesPerSecond: 200_000 })
  expect(performance.now() - started).toBeGreaterThan((bytes / 200_000) * 1_000 * 0.5)
  await store.close()
})

test('leaves segments alone that hold what no marker speaks for, and all of them while a root is not whole', async () => {
  await using folders = testFolders()
  const directory = await folders.make()
  const make = async (faults: StoreFaults = {}) => BlockStore.open({ directory, ...OPTIONS, faults })
  let store = await make()
  await fill(store, 40, 10)
  await store.close()
  await flipByteOf(directory, dagOf('f10'))
  await rm(join(directory, 'index'), { recursive: true })
  store = await make()
  expect((await store.stats()).brokenRoots).toBe(1)
  const files = await readdir(join(directory, 'segments'))
  expect(await store.compact()).toMatchObject({ state: 'refused' })
  expect(await readdir(join(directory, 'segments'))).toEqual(files)
  await store.release('f10')
  await store.idle()
  expect(await store.compact()).toMatchObject({ state: 'done' })
  expect(await readsBack(store, dagOf('f20'))).toBe(true)
  await store.close()
})

test('readers in other processes find what was moved under them', async () => {
  await using folders = testFolders()
  const directory = await folders.make()
  const store = await BlockStore.open({ directory, ...OPTIONS })
  const reader = fork(join(import.meta.dirname, '../test-reader-process.ts'), [directory])
  await once(reader, 'message')
  const ask = async (id: string): Promise<unknown> => {
    reader.send({ cid: dagOf(id).root.toString(), realm: 'public' })
    return (await once(reader, 'message'))[0]
  }
  for (let round = 0; round < 5; round++) {
    const first = round * 100
    for (let i = first; i < first + 100; i++) await putDag(store, `f${i}`, dagOf(`f${i}`))
    const kept = Array.from({ length: 10 }, (_, i) => `f${first + i * 10}`)
    for (const id of kept) expect(await ask(id)).not.toBeNull()
    for (let i = first; i < first + 100; i++) if (i % 10 > 0) await store.release(`f${i}`)
    const compaction = store.compact()
    for (const id of [...kept, ...kept]) expect(await ask(id), id).not.toBeNull()
    await compaction
    for (const id of kept) expect(await ask(id), id).not.toBeNull()
  }
  reader.kill()
  await store.close()
})

// A real one: a small file system in memory, where mounting is allowed.
const canMount = spawnSync('unshare', ['-rm', 'true']).status === 0

test.runIf(canMount)('on a disk without any room it spends what is set aside, and uploads are taken again', () => {
  const script = `
    import { writeFileSync } from 'node:fs'
    import { BlockStore } from ${JSON.stringify(join(import.meta.dirname, '../block-store.ts'))}
    import { putDag, rawBlock, readsBack, problemsOf } from ${JSON.stringify(join(import.meta.dirname, '../test-dags.ts'))}
    const dagOf = (i) => { const block = rawBlock(Buffer.alloc(9_000, 'x' + i)); return { root: block.cid, blocks: [block] } }
    const store = await BlockStore.open({ directory: '/mnt/store', spillBytes: 100_000, segmentBytes: 900_000, reserveBytes: 800_000 })
    const held = []
    for (let i = 0; i < 400; i++) await putDag(store, 'c' + i, dagOf(i)).then(() => held.push(i), () => {})
    // Somebody else takes the last bytes.
    try { for (let i = 0; ; i++) writeFileSync('/mnt/other' + i, Buffer.alloc(4096)) } catch {}
    const kept = held.filter((i) => i % 20 === 0)
    for (const i of held) if (i % 20 > 0) await store.release('c' + i)
    await store.idle()
    const before = await putDag(store, 'no', dagOf(1000)).then(() => 'taken', (error) => error.code)
    const result = await store.compact()
    await store.idle()
    const after = await putDag(store, 'yes', dagOf(1001)).then(() => 'taken', (error) => error.code)
    let lost = 0
    for (const i of kept) if (!(await readsBack(store, dagOf(i)))) lost++
    const problems = await problemsOf(store)
    await store.close()
    console.log(JSON.stringify({ held: held.length, before, result, after, lost, problems }))
  `
  const mount = 'mount -t tmpfs -o size=4m tmpfs /mnt'
  const run = `${mount} && exec ${process.execPath} --input-type=module -e "$SCRIPT"`
  const env = { ...process.env, SCRIPT: script }
  const out = execFileSync('unshare', ['-rm', 'sh', '-c', run], { env, encoding: 'utf8', cwd: import.meta.dirname })
  const result = JSON.parse(out)
  expect(result).toMatchObject({ after: 'taken', lost: 0, problems: [], result: { state: 'done', noRoom: 0 } })
  expect(result.held).toBeGreaterThan(100)
  expect(result.result.freedBytes).toBeGreaterThan(1_000_000)
})
