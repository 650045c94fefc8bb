import { openSync, readFileSync, readSync, rmSync, writeFileSync, writeSync, closeSync } from 'node:fs'
import { join } from 'node:path'
import { hash } from 'node:crypto'
import { CID } from 'multiformats/cid'
import { decode as decodeDigest } from 'multiformats/hashes/digest'
import { expect, test } from 'vitest'
import { BlockStore, type ScrubEvent } from './block-store.ts'
import { segmentPath } from './segment-path.ts'
import { StoreReader } from './store-reader.ts'
import { BlockDamaged } from './store-error.ts'
import type { StoreFaults } from './store-options.ts'
import {
  joinDags,
  leafDag,
  nodeBlock,
  problemsOf,
  putDag,
  rawBlock,
  readsBack,
  type TestBlock,
  testFolders,
  treeDag,
} from './test-dags.ts'

/** Flips one bit in the middle of a block, on the disk. */
const flip = (store: BlockStore, directory: string, cid: CID, realm = 'public'): void => {
  const place = store.reader(realm).locate(cid)
  if (place === undefined) throw new Error(`${cid} is not held`)
  const file = openSync(segmentPath(directory, place.segment), 'r+')
  const position = place.offset + Math.floor(place.length / 2)
  const byte = Buffer.alloc(1)
  readSync(file, byte, 0, 1, position)
  byte.writeUInt8(byte.readUInt8(0) ^ 4)
  writeSync(file, byte, 0, 1, position)
  closeSync(file)
}

const scrubAll = async (store: BlockStore, after?: string): Promise<ScrubEvent[]> => {
  const events: ScrubEvent[] = []
  const { signal } = new AbortController()
  for await (const event of store.scrub({ signal, bytesPerSecond: Number.POSITIVE_INFINITY, after })) events.push(event)
  return events
}

const damagedIn = (events: readonly ScrubEvent[]): string[] =>
  events.flatMap((event) => (event.type === 'damaged' ? [event.cid] : []))

const dag = joinDags([treeDag('left', 20, 4), leafDag('a leaf of its own'), treeDag('right', 9, 3)], 'root')
const leaf = dag.blocks[3] as TestBlock
const node = dag.blocks.findLast(({ cid }) => cid.code === 0x70 && !cid.equals(dag.root)) as TestBlock

const withDamage = async (
  run: (store: BlockStore, directory: string) => Promise<void>,
  options: { spillBytes?: number; faults?: StoreFaults } = {},
): Promise<void> => {
  await using folders = testFolders()
  const directory = await folders.make()
  const store = await BlockStore.open({ directory, sliceBlocks: 8, noIndexSync: true, ...options })
  try {
    await putDag(store, 'file', dag)
    await run(store, directory)
  } finally {
    await store.close()
  }
}

test('scrub finds what a read has hashed before, and from then on no process serves it', () =>
  withDamage(async (store, directory) => {
    const other = await StoreReader.open({ directory, realm: 'public' })
    for (const reader of [store.reader('public'), other]) expect(await reader.get(leaf.cid)).toBeDefined()
    flip(store, directory, leaf.cid)
    const location = store.reader('public').locate(leaf.cid)
    expect(location && other.isVerified(location)).toBe(true)
    expect(damagedIn(await scrubAll(store))).toEqual([leaf.cid.toString()])
    for (const reader of [store.reader('public'), other])
      await expect(reader.get(leaf.cid)).rejects.toMatchObject({ code: 'internal', cause: expect.any(BlockDamaged) })
    expect(location && other.isVerified(location)).toBe(false)

    expect(await store.heal({ realm: 'public', ...leaf, bytes: leaf.bytes })).toBe(true)
    for (const reader of [store.reader('public'), other])
      expect(Buffer.from((await reader.get(leaf.cid)) ?? [])).toEqual(Buffer.from(leaf.bytes))
    await other.close()
    expect(damagedIn(await scrubAll(store))).toEqual([])
    expect(await readsBack(store, dag)).toBe(true)
    expect(await problemsOf(store)).toEqual([])
  }))

test('a healed DAG is released to the last block', () =>
  withDamage(async (store, directory) => {
    for (const block of [leaf, node]) {
      flip(store, directory, block.cid)
      expect(await store.check({ realm: 'public', cid: block.cid })).toMatchObject({ reason: 'hash_mismatch' })
      expect(await store.heal({ realm: 'public', ...block })).toBe(true)
    }
    await store.release('file')
    await store.idle()
    expect(await store.stats()).toMatchObject({ blocks: 0, liveBytes: 0 })
    expect(await store.heal({ realm: 'public', ...leaf })).toBe(false)
    expect(await store.check({ realm: 'public', cid: leaf.cid })).toEqual({ state: 'absent' })
  }))

/** Changes the key that a block has in the index, in each page that has it: one bit, or more; its roots stay. */
const spoilKey = (directory: string, cid: CID, bits: number): void => {
  const path = join(directory, 'index', 'data.mdb')
  const file = readFileSync(path)
  const key = Buffer.concat([cid.multihash.bytes, Buffer.of(cid.code)])
  for (let at = file.indexOf(key); at !== -1; at = file.indexOf(key, at + 1)) {
    const last = at + cid.multihash.bytes.length - 1
    file.writeUInt8(file.readUInt8(last) ^ bits, last)
  }
  writeFileSync(path, file)
}

const withSpoiledKey = async (
  cid: CID,
  bits: number,
  run: (store: BlockStore, other: StoreReader, directory: string) => Promise<void>,
): Promise<void> => {
  await using folders = testFolders()
  const directory = await folders.make()
  const first = await BlockStore.open({ directory, sliceBlocks: 8 })
  await putDag(first, 'file', dag)
  await first.close()
  spoilKey(directory, cid, bits)
  const store = await BlockStore.open({ directory, sliceBlocks: 8 })
  const other = await StoreReader.open({ directory, realm: 'public' })
  try {
    expect([other.locate(cid), other.isLost(cid)]).toEqual([undefined, true])
    expect(store.isLost({ realm: 'public', cid })).toBe(true)
    expect(await store.check({ realm: 'public', cid })).toEqual({ state: 'damaged', cid, reason: 'unreadable' })
    await run(store, other, directory)
  } finally {
    await other.close()
    await store.close()
  }
}

test.each([dag.root, leaf.cid, node.cid])(
  'a block whose key has flipped in the index is found beside its place',
  (cid) =>
    withSpoiledKey(cid, 1, async (store, other) => {
      const bytes = store.readMisplaced({ realm: 'public', cid }) ?? new Uint8Array()
      expect(await store.heal({ realm: 'public', cid, bytes })).toBe(true)
      expect([other.isLost(cid), other.locate(cid)?.length]).toEqual([false, bytes.length])
      expect(await readsBack(store, dag)).toBe(true)
      expect(await problemsOf(store)).toEqual([])
      expect(await store.compact({ minDeadShare: 0 })).toMatchObject({ state: 'done' })
      await store.release('file')
      await store.idle()
      expect(await store.stats()).toMatchObject({ blocks: 0, brokenRoots: 0 })
      expect(other.isLost(cid)).toBe(false)
    }),
)

/** Flips one bit of an entry, in each page that has it. `at`: bytes from the start of its key; -2 is the key's length. */
const flipEntry = (directory: string, cid: CID, at: number, bit: number): void => {
  const path = join(directory, 'index', 'data.mdb')
  const file = readFileSync(path)
  const key = Buffer.concat([cid.multihash.bytes, Buffer.of(cid.code)])
  for (let start = file.indexOf(key); start !== -1; start = file.indexOf(key, start + key.length))
    file.writeUInt8(file.readUInt8(start + at) ^ (1 << bit), start + at)
  writeFileSync(path, file)
}

// The key's length, the head of its hash (which leads searches for others astray), its codec, the number of its segment.
const FLIPS = [-2, -2, -2, -2, -2, 0, 0, 1, 1, 2, 34, 34, 34, 35, 38]
const BITS = [0, 1, 2, 3, 5, 1, 4, 3, 5, 7, 0, 3, 7, 6, 1]

test.each(FLIPS.map((at, i) => ({ at, bit: BITS[i] ?? 0 })))(
  'a block whose entry has flipped (byte $at, bit $bit) is healed, and so are those that it hides',
  async ({ at, bit }) => {
    for (const spoiled of [leaf, node]) {
      await using folders = testFolders()
      const directory = await folders.make()
      const first = await BlockStore.open({ directory, sliceBlocks: 8 })
      await putDag(first, 'file', dag)
      await first.close()
      flipEntry(directory, spoiled.cid, at, bit)
      const store = await BlockStore.open({ directory, sliceBlocks: 8 })
      const other = await StoreReader.open({ directory, realm: 'public' })
      const states = new Set<string>()
      for (const block of [spoiled, ...dag.blocks]) {
        const { state } = await store.check({ realm: 'public', cid: block.cid })
        states.add(state)
        expect(other.isLost(block.cid) || state !== 'damaged' || other.locate(block.cid) !== undefined).toBe(true)
        if (state !== 'sound') expect(await store.heal({ realm: 'public', ...block })).toBe(true)
      }
      expect(states.has('absent')).toBe(false)
      expect(await readsBack(store, dag)).toBe(true)
      await store.release('file')
      await store.idle()
      await other.close()
      await store.close()
    }
  },
)

test('a root block that the index has lost for good is healed, never given back, and found again by a rebuild', () =>
  withSpoiledKey(dag.root, 3, async (store, other, directory) => {
    const root = { realm: 'public', cid: dag.root }
    expect(other.isLost(leaf.cid)).toBe(false)
    expect(store.readMisplaced(root)).toBeUndefined()
    // Nothing that a rebuild would find is removed meanwhile.
    expect(await store.stats()).toMatchObject({ brokenRoots: 1 })
    expect(await store.compact()).toMatchObject({ state: 'refused' })
    const bytes = dag.blocks.find(({ cid }) => cid.equals(dag.root))?.bytes ?? new Uint8Array()
    expect(await store.heal({ ...root, bytes })).toBe(true)
    expect(await readsBack(store, dag)).toBe(true)
    expect([other.isLost(dag.root), other.locate(dag.root)?.length]).toEqual([false, bytes.length])
    await store.release('file')
    await store.idle()
    expect(store.reader('public').locate(dag.root)).toBeDefined()
    await putDag(store, 'again', dag)
    await store.close()
    rmSync(join(directory, 'index'), { recursive: true })
    const rebuilt = await BlockStore.open({ directory, sliceBlocks: 8 })
    expect(await rebuilt.stats()).toMatchObject({ brokenRoots: 0 })
    expect(await readsBack(rebuilt, dag)).toBe(true)
    expect(await problemsOf(rebuilt)).toEqual([])
    await rebuilt.release('again')
    await rebuilt.idle()
    expect(await rebuilt.stats()).toMatchObject({ blocks: 0 })
    await rebuilt.close()
  }))

test.each([0, 1, 2, 3])('a length that has flipped in the index (byte %i) is damage, and is healed', async (byte) => {
  await using folders = testFolders()
  const directory = await folders.make()
  const first = await BlockStore.open({ directory, sliceBlocks: 8 })
  await putDag(first, 'file', dag)
  await first.close()
  const path = join(directory, 'index', 'data.mdb')
  const file = readFileSync(path)
  const key = Buffer.concat([leaf.cid.multihash.bytes, Buffer.of(leaf.cid.code)])
  // segment u32, offset u48, length u32, count u32 stand right behind the key.
  for (let at = file.indexOf(key); at !== -1; at = file.indexOf(key, at + 1)) {
    const place = at + key.length + 10 + byte
    file.writeUInt8(file.readUInt8(place) ^ 0x80, place)
  }
  writeFileSync(path, file)
  const store = await BlockStore.open({ directory, sliceBlocks: 8 })
  await expect(store.reader('public').get(leaf.cid)).rejects.toThrow()
  const block = { realm: 'public', cid: leaf.cid }
  expect(await store.check(block)).toMatchObject({ state: 'damaged' })
  expect(await store.heal({ ...block, bytes: leaf.bytes })).toBe(true)
  expect(await readsBack(store, dag)).toBe(true)
  await store.close()
})

test.each(['segments', 'roots', 'owners', 'blocks/public', 'meta'])(
  'a store whose index has lost its table "%s" loses nothing',
  async (name) => {
    await using folders = testFolders()
    const directory = await folders.make()
    const first = await BlockStore.open({ directory, sliceBlocks: 8 })
    await putDag(first, 'file', dag)
    await putDag(first, 'other', treeDag('another', 12, 3))
    await first.close()
    const path = join(directory, 'index', 'data.mdb')
    const file = readFileSync(path)
    // The name in the table of tables, in each page that has it.
    const key = Buffer.from(`${name}`)
    for (let at = file.indexOf(key); at !== -1; at = file.indexOf(key, at + 1))
      file.writeUInt8(file.readUInt8(at) ^ 1, at)
    writeFileSync(path, file)
    const store = await BlockStore.open({ directory, sliceBlocks: 8 })
    await store.idle()
    const bytes = (await store.stats()).segments
    expect(bytes).toBeGreaterThan(0)
    await store.close()
    rmSync(join(directory, 'index'), { recursive: true })
    const rebuilt = await BlockStore.open({ directory, sliceBlocks: 8 })
    expect(await readsBack(rebuilt, dag)).toBe(true)
    expect(await problemsOf(rebuilt)).toEqual([])
    await rebuilt.close()
  },
)

test('a CID that is one bit beside a held one is absent, whoever asks for it', () =>
  withDamage(async (store, directory) => {
    const other = await StoreReader.open({ directory, realm: 'public' })
    for (const { cid } of dag.blocks) {
      const digest = Uint8Array.from(cid.multihash.bytes)
      digest[digest.length - 1] = (digest.at(-1) ?? 0) ^ 1
      const beside = CID.createV1(cid.code, decodeDigest(digest))
      expect([other.isLost(beside), store.isLost({ realm: 'public', cid: beside })]).toEqual([false, false])
      expect(await store.check({ realm: 'public', cid: beside })).toEqual({ state: 'absent' })
    }
    await other.close()
  }))

test('heal takes no bytes but the right ones', () =>
  withDamage(async (store) => {
    const wrong = store.heal({ realm: 'public', cid: leaf.cid, bytes: node.bytes })
    await expect(wrong).rejects.toMatchObject({ code: 'invalid_request' })
  }))

test('a rebuild takes the sound one of two copies', () =>
  withDamage(async (store, directory) => {
    flip(store, directory, leaf.cid)
    await store.heal({ realm: 'public', ...leaf })
    await store.close()
    rmSync(join(directory, 'index'), { recursive: true })
    const again = await BlockStore.open({ directory })
    expect((await again.stats()).brokenRoots).toBe(0)
    expect(await readsBack(again, dag)).toBe(true)
    expect(await problemsOf(again)).toEqual([])
    await again.close()
  }))

test.each(['planned', 'synced', 'after'] as const)(
  'a crash leaves a heal done or to be done again (%s)',
  async (where) => {
    await using folders = testFolders()
    const directory = await folders.make()
    let left: string | undefined
    let isArmed = false
    const faults: StoreFaults = {
      pause: async (at) => {
        if (isArmed && at === where) left ??= await folders.copy(directory)
      },
    }
    const store = await BlockStore.open({ directory, faults })
    await putDag(store, 'file', dag)
    flip(store, directory, leaf.cid)
    expect((await store.check({ realm: 'public', cid: leaf.cid })).state).toBe('damaged')
    isArmed = true
    await store.heal({ realm: 'public', ...leaf })
    left ??= await folders.copy(directory)
    await store.close()
    for (const rebuild of [false, true]) {
      const copy = await folders.copy(left)
      if (rebuild) rmSync(join(copy, 'index'), { recursive: true })
      const again = await BlockStore.open({ directory: copy })
      if (where !== 'after' && !(rebuild && where === 'synced')) {
        if (!rebuild) expect((await again.check({ realm: 'public', cid: leaf.cid })).state).toBe('damaged')
        if (!rebuild) expect(await again.heal({ realm: 'public', ...leaf })).toBe(true)
      }
      // Without an index and without a copy the file is not whole any more; that is told, and nothing is removed.
      if (rebuild && where === 'planned') expect((await again.stats()).brokenRoots).toBe(1)
      else expect(await readsBack(again, dag)).toBe(true)
      await again.close()
    }
  },
)

test.each([
  ['in memory', {}, {}],
  ['with a segment of its own', { spillBytes: 10 }, {}],
  ['in slices', { spillBytes: 10, sliceBlocks: 4 }, {}],
  ['in memory, by a store that trusts its index', {}, { keepDamaged: true }],
  ['in slices, by a store that trusts its index', { spillBytes: 10, sliceBlocks: 4 }, { keepDamaged: true }],
] as const)('a damaged block that is brought again heals: %s', async (_, options, faults) => {
  await using folders = testFolders()
  const directory = await folders.make()
  const store = await BlockStore.open({ directory, ...options, faults, noIndexSync: true })
  await putDag(store, 'first', dag)
  for (const block of [leaf, node]) {
    flip(store, directory, block.cid)
    expect((await store.check({ realm: 'public', cid: block.cid })).state).toBe('damaged')
  }
  await putDag(store, 'second', dag)
  if (Object.keys(faults).length > 0) await expect(readsBack(store, dag)).rejects.toMatchObject({ code: 'internal' })
  else {
    expect(await readsBack(store, dag)).toBe(true)
    expect(await problemsOf(store)).toEqual([])
    for (const id of ['first', 'second']) await store.release(id)
    await store.idle()
    expect((await store.stats()).blocks).toBe(0)
  }
  await store.close()
})

test('scrub goes on from a cursor, and passes by what is not needed any more', async () => {
  await using folders = testFolders()
  const directory = await folders.make()
  const store = await BlockStore.open({ directory, segmentBytes: 2_000, spillBytes: 100_000 })
  for (let i = 0; i < 20; i++) await putDag(store, `c${i}`, leafDag(`content ${i} ${'x'.repeat(500)}`))
  const gone = leafDag(`content 0 ${'x'.repeat(500)}`).root
  flip(store, directory, gone)
  await store.release('c0')
  await store.idle()
  const all = await scrubAll(store)
  const progress = all.filter((event) => event.type === 'progress')
  expect(progress.reduce((sum, { blocks }) => sum + blocks, 0)).toBe(19)
  expect(damagedIn(all)).toEqual([])
  const half = progress[Math.floor(progress.length / 2)]?.cursor
  const rest = (await scrubAll(store, half)).filter((event) => event.type === 'progress')
  const before = progress.slice(0, Math.floor(progress.length / 2) + 1).reduce((sum, { blocks }) => sum + blocks, 0)
  expect(before + rest.reduce((sum, { blocks }) => sum + blocks, 0)).toBe(19)
  await store.close()
})

test('scrub keeps to its rate and gives others their turn', async () => {
  await using folders = testFolders()
  const directory = await folders.make()
  const store = await BlockStore.open({ directory, noIndexSync: true })
  const leaves = Array.from({ length: 64 }, (_, i) => rawBlock(Buffer.alloc(64 * 1024, hash('sha256', String(i)))))
  const root = nodeBlock(leaves.map(({ cid }) => cid))
  await putDag(store, 'file', { root: root.cid, blocks: [...leaves, root] })
  let turns = 0
  const timer = setInterval(() => turns++, 1)
  const started = performance.now()
  for await (const _ of store.scrub({ signal: AbortSignal.timeout(10_000), bytesPerSecond: 8 * 1024 * 1024 })) continue
  expect(performance.now() - started).toBeGreaterThan(350)
  clearInterval(timer)
  expect(turns).toBeGreaterThan(20)
  const stopped = store.scrub({ signal: AbortSignal.abort(), bytesPerSecond: 1 })
  await expect(stopped.next()).rejects.toThrow()
  await store.close()
})

test('scrub tells of a head that cannot be read; without its segment the store starts, and tells what is lost', () =>
  withDamage(async (store, directory) => {
    const first = store.reader('public').locate(leaf.cid)
    if (first === undefined) throw new Error('not held')
    const path = segmentPath(directory, first.segment)
    const file = openSync(path, 'r+')
    // The codec in the CID before the leaf's bytes.
    writeSync(file, Buffer.of(0x54), 0, 1, first.offset - 35)
    closeSync(file)
    const events = await scrubAll(store)
    expect(damagedIn(events)).toEqual([])
    expect(events).toContainEqual({ type: 'damaged-markers', realm: 'public', segment: first.segment })
    rmSync(path)
    await store.close()
    const again = await BlockStore.open({ directory })
    // The index cannot be used without its segment: everything is told as lost.
    expect((await again.stats()).roots).toBe(0)
    await again.close()
  }))

test('a segment that goes while the store is open is told block by block', () =>
  withDamage(
    async (store, directory) => {
      const { segment } = store.reader('public').locate(leaf.cid) ?? { segment: 0 }
      rmSync(segmentPath(directory, segment))
      const events = await scrubAll(store)
      expect(new Set(damagedIn(events))).toEqual(new Set(dag.blocks.map(({ cid }) => cid.toString())))
      for (const block of dag.blocks) await store.heal({ realm: 'public', ...block })
      expect(await readsBack(store, dag)).toBe(true)
      expect(damagedIn(await scrubAll(store))).toEqual([])
    },
    { spillBytes: 10 },
  ))
