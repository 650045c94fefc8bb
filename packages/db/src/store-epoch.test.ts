import { randomUUIDv7 } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { acceptStore, type EpochStore, openEpoch } from './store-epoch.ts'
import { startTestDatabase, type TestDatabase } from './test-database.ts'
import { seedNode } from './test-database/seed.ts'

let database: TestDatabase
let nodeId: string
beforeAll(async () => {
  database = await startTestDatabase()
})
afterAll(() => database.stop())
beforeEach(async () => {
  await database.clear()
  nodeId = await seedNode(database.db)
})

type MemoryStore = EpochStore & { epoch: number }
const freshStore = (): MemoryStore => ({
  id: randomUUIDv7(),
  epoch: 0,
  async raiseEpoch(to) {
    this.epoch = to
  },
})
const open = (store: EpochStore) => openEpoch(database.db, store, { nodeId })
const epochs = async () =>
  (await database.db.kysely.selectFrom('store_instances').select(['id', 'epoch']).execute()) as {
    id: string
    epoch: number
  }[]

test('a fresh store and a fresh database fit, and both rise at each start', async () => {
  const store = freshStore()
  expect(await open(store)).toBe('fits')
  expect(store.epoch).toBe(1)
  expect(await open(store)).toBe('fits')
  expect(store.epoch).toBe(2)
  expect(await epochs()).toEqual([{ id: store.id, epoch: 2 }])
})

test('a crash between the database and the store leaves a fit', async () => {
  const store = freshStore()
  await open(store)
  const crashing: EpochStore = {
    ...store,
    raiseEpoch: async () => {
      throw new Error('killed')
    },
  }
  await expect(open(crashing)).rejects.toThrow('killed')
  expect(await open(store)).toBe('fits')
  expect(store.epoch).toBe(3)
})

test('an older database over a newer store is found out, nothing rises, and it stays so', async () => {
  const store = freshStore()
  await open(store)
  await open(store)
  await database.db.kysely.updateTable('store_instances').set({ epoch: 1 }).execute()
  for (let start = 0; start < 2; start++) {
    expect(await open(store)).toMatchObject({ reason: 'database_older_than_store' })
    expect(store.epoch).toBe(2)
    expect(await epochs()).toEqual([{ id: store.id, epoch: 1 }])
  }
  const events = await database.db.kysely.selectFrom('events').select(['kind', 'subject']).execute()
  expect(events).toEqual([
    { kind: 'store.misfit', subject: store.id },
    { kind: 'store.misfit', subject: store.id },
  ])
})

test('a foreign or empty database does not fit a store that has a history', async () => {
  const store = freshStore()
  store.epoch = 7
  expect(await open(store)).toMatchObject({ reason: 'unknown_store' })
  expect(await epochs()).toEqual([])
})

test('an exchanged store does not fit', async () => {
  await open(freshStore())
  expect(await open(freshStore())).toMatchObject({ reason: 'store_exchanged' })
})

test('two nodes have a store each', async () => {
  await open(freshStore())
  expect(await openEpoch(database.db, freshStore(), { nodeId: await seedNode(database.db) })).toBe('fits')
})

test.each([
  ['older database', (store: MemoryStore) => open(store).then(() => (store.epoch = 9))],
  ['foreign database', async (store: MemoryStore) => (store.epoch = 9)],
  ['exchanged store', () => open(freshStore())],
])('an operator’s word makes them fit: %s', async (_name, disturb) => {
  const store = freshStore()
  await disturb(store)
  expect(await open(store)).not.toBe('fits')
  const before = store.epoch
  await acceptStore(database.db, store, { nodeId })
  const audited = await database.db.kysely.selectFrom('audit_log').select(['action', 'resource_id']).execute()
  expect(audited).toEqual([{ action: 'store.accepted', resource_id: store.id }])
  expect(store.epoch).toBeGreaterThan(before)
  expect(await open(store)).toBe('fits')
})
