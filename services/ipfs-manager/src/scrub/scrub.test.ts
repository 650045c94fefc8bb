import { randomBytes } from 'node:crypto'
import { closeSync, openSync, readSync, writeSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { SourceChain } from '@packages/content/block-sources/chain'
import { PRIVATE_REALM } from '@packages/content/private/private-realm'
import { cidOnNodes, fromNodes } from '@packages/content/private/node-tree'
import { walkList } from '@packages/content/private/walk-list'
import { canonicalCid, parseCid } from '@packages/shared/cid'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { startTestManager, type TestUpload } from '../testing/test-manager.ts'
import { DamageDesk } from './damage-desk.ts'
import { readScrubState, writeScrubState } from './scrub-state.ts'
import { StoreScrub } from './store-scrub.ts'

let manager: Awaited<ReturnType<typeof startTestManager>>
let folder: string
beforeAll(async () => {
  manager = await startTestManager()
  folder = await mkdtemp(join(tmpdir(), 'hf-scrub-'))
})
afterAll(async () => {
  await manager.stop()
  await rm(folder, { recursive: true, force: true })
})

const copies = new Map<string, Uint8Array>()
let sourceFails = false
beforeEach(() => {
  sourceFails = false
})
const foreign = new SourceChain([
  {
    name: 'elsewhere',
    get: async (cid) => {
      if (sourceFails) throw new Error('the line is cut')
      return copies.get(canonicalCid(cid))
    },
  },
])

const makeDesk = () => new DamageDesk({ ...manager.deps, own: new SourceChain([]), foreign, logger: manager.logger })

const flip = ({ cid }: { cid: string }, realm = 'public'): void => {
  const place = manager.store.reader(realm).locate(parseCid(cid))
  if (place === undefined) throw new Error('not held')
  const path = join(manager.directory, 'segments', `${String(place.segment).padStart(8, '0')}.car`)
  const file = openSync(path, 'r+')
  const byte = Buffer.alloc(1)
  readSync(file, byte, 0, 1, place.offset)
  byte[0] = (byte[0] ?? 0) ^ 1
  writeSync(file, byte, 0, 1, place.offset)
  closeSync(file)
}

const bring = async (text: string): Promise<TestUpload> => {
  const upload = await manager.bring(Buffer.from(text))
  await manager.own(upload)
  manager.store.settle(upload.contentId)
  return upload
}

const rowOf = ({ cid }: TestUpload) =>
  manager.db.kysely.selectFrom('damaged_blocks').selectAll().where('cid', '=', cid).executeTakeFirst()

const eventsOf = async ({ cid }: TestUpload): Promise<string[]> => {
  const rows = await manager.db.kysely
    .selectFrom('events')
    .select('kind')
    .where('subject', '=', cid)
    .orderBy('id')
    .execute()
  return rows.map(({ kind }) => kind)
}

const settled = async (done: () => Promise<boolean>): Promise<void> => {
  for (let tries = 0; tries < 200 && !(await done()); tries++) await sleep(20)
}

test('a reported block is written down once, alarmed, healed, and the alarm ends', async () => {
  const desk = makeDesk()
  const upload = await bring('reported')
  flip(upload)
  for (let i = 0; i < 5; i++) desk.reportDamage({ realm: 'public', cid: upload.cid })
  await settled(async () => (await rowOf(upload))?.tries === 1)
  expect(await rowOf(upload)).toMatchObject({ reason: 'hash_mismatch', tries: 1, healed_at: null })
  expect(await eventsOf(upload)).toEqual(['block.damaged'])
  expect(manager.alarms.list()).toMatchObject([{ code: 'damaged_blocks', detail: expect.stringContaining('1 stored') }])
  expect(desk.damagedBlocks).toBe(1)

  copies.set(upload.cid, Buffer.from('reported'))
  // Not due yet.
  await desk.heal()
  expect((await rowOf(upload))?.healed_at).toBeNull()
  await manager.db.kysely
    .updateTable('damaged_blocks')
    .set({ next_try_at: new Date(0) })
    .execute()
  await desk.heal()
  expect(await rowOf(upload)).toMatchObject({ healed_from: 'elsewhere', healed_at: expect.any(Date) })
  expect(await eventsOf(upload)).toEqual(['block.damaged', 'block.healed'])
  expect(manager.alarms.has('damaged_blocks')).toBe(false)
  expect(desk.healedBlocks).toBe(1)
  expect(Buffer.from((await manager.store.reader('public').get(parseCid(upload.cid))) ?? []).toString()).toBe(
    'reported',
  )
  await desk.stop()
})

test('a wrong report changes nothing', async () => {
  const desk = makeDesk()
  const upload = await bring('sound')
  await desk.take({ realm: 'public', cid: upload.cid })
  await desk.take({ realm: 'public', cid: 'bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy' })
  expect(await rowOf(upload)).toBeUndefined()
})

test('who cannot be asked now is asked later, and the reason is told', async () => {
  const desk = makeDesk()
  const upload = await bring('later')
  flip(upload)
  sourceFails = true
  await desk.take({ realm: 'public', cid: upload.cid })
  await desk.heal()
  expect(await rowOf(upload)).toMatchObject({ tries: 1, last_error: expect.stringContaining('the line is cut') })
  const { next_try_at: next } = (await rowOf(upload)) ?? { next_try_at: new Date(0) }
  expect(next.getTime()).toBeGreaterThan(Date.now() + 30_000)

  // Somebody brings it again: that heals as well.
  await bring('later')
  await desk.lookAgain()
  expect(await rowOf(upload)).toMatchObject({ healed_from: 'upload' })
  await desk.stop()
})

test('after a restart all that is open is looked at, whenever it would have been due', async () => {
  const before = makeDesk()
  const [repaired, held] = [await bring('repaired'), await bring('held')]
  for (const upload of [repaired, held]) {
    flip(upload)
    await before.take({ realm: 'public', cid: upload.cid })
  }
  await before.heal()
  expect(await rowOf(repaired)).toMatchObject({ tries: 1, healed_at: null })
  await before.stop()
  flip(repaired)
  copies.set(held.cid, Buffer.from('held'))
  const after = makeDesk()
  await after.lookAgain()
  expect(await rowOf(repaired)).toMatchObject({ healed_at: expect.any(Date) })
  expect(await rowOf(held)).toMatchObject({ healed_from: 'elsewhere' })
  await after.stop()
})

test('what is released needs no healing', async () => {
  const desk = makeDesk()
  const upload = await bring('released')
  flip(upload)
  await desk.take({ realm: 'public', cid: upload.cid })
  await manager.store.release(upload.contentId)
  await manager.store.idle()
  await desk.heal()
  expect(await rowOf(upload)).toBeUndefined()
  expect(manager.alarms.has('damaged_blocks')).toBe(false)
})

test('a pass finds what nobody reads, heals it, and is not due again; a cut off one goes on', async () => {
  const desk = makeDesk()
  const upload = await bring('unread')
  copies.set(upload.cid, Buffer.from('unread'))
  flip(upload)
  const stateFile = join(folder, 'scrub.json')
  const clock = { now: 1_000_000 }
  const scrub = new StoreScrub({
    store: manager.store,
    desk,
    logger: manager.logger,
    stateFile,
    bytesPerSecond: Number.POSITIVE_INFINITY,
    everyMs: 60_000,
    now: () => clock.now,
  })
  const { signal } = new AbortController()
  await scrub.runWhenDue(signal)
  await settled(async () => (await rowOf(upload))?.healed_at instanceof Date)
  expect(await rowOf(upload)).toMatchObject({ healed_from: 'elsewhere' })
  const { blocks } = scrub.figures
  expect(blocks).toBeGreaterThan(0)
  expect(await readScrubState(stateFile)).toEqual({ completedAt: clock.now })

  clock.now += 59_000
  await scrub.runWhenDue(signal)
  expect(scrub.figures.blocks).toBe(blocks)
  clock.now += 1_000
  await scrub.runWhenDue(signal)
  expect(scrub.figures.blocks).toBeGreaterThan(blocks)

  const before = scrub.figures.blocks
  await writeScrubState(stateFile, { cursor: '999999:0', completedAt: clock.now })
  await scrub.runWhenDue(signal)
  expect(scrub.figures.blocks).toBe(before)
  expect((await readScrubState(stateFile)).cursor).toBeUndefined()
  await expect(scrub.run(AbortSignal.abort(), {})).rejects.toThrow()
  await desk.stop()
})

test('a damaged ciphertext or list of a private file is healed from private nodes, and nobody else is asked for it', async () => {
  const one = await manager.bringPrivate(randomBytes(2_500_000))
  await manager.committer.commit(one.item)
  manager.store.settle(one.contentId)
  const blocks = await Array.fromAsync(walkList(manager.store.reader(PRIVATE_REALM), parseCid(one.cid)))
  const onNode = new Map(blocks.map(({ cid, bytes }) => [`${cidOnNodes(cid)}`, Buffer.from(bytes)]))
  const askedElsewhere: string[] = []
  const elsewhere = new SourceChain([
    {
      name: 'elsewhere',
      get: async (cid) => {
        askedElsewhere.push(`${cid}`)
        return onNode.get(`${cid}`)
      },
    },
  ])
  const nodes = fromNodes({ get: async (cid) => onNode.get(`${cid}`) })
  const deps = { ...manager.deps, own: elsewhere, foreign: elsewhere, logger: manager.logger }
  const [list, ciphertext] = blocks.map(({ cid }) => ({ realm: PRIVATE_REALM, cid: cid.toString() }))
  for (const damage of [list, ciphertext]) {
    if (damage === undefined) throw new Error('it has a list and ciphertexts')
    flip(damage, PRIVATE_REALM)
    const without = new DamageDesk(deps)
    await without.take(damage)
    await without.heal()
    expect(without.healedBlocks).toBe(0)
    await manager.db.kysely
      .updateTable('damaged_blocks')
      .set({ next_try_at: new Date(0) })
      .execute()
    const desk = new DamageDesk({ ...deps, vault: new SourceChain([{ name: 'vault', ...nodes }]) })
    await desk.heal()
    expect([desk.healedBlocks, desk.damagedBlocks]).toEqual([1, 0])
    for (const one of [without, desk]) await one.stop()
  }
  expect((await (await one.open(manager.store.reader(PRIVATE_REALM))).get(one.root)) === undefined).toBe(false)
  expect(askedElsewhere).toEqual([])
})
