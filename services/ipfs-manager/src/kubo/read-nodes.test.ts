import { randomBytes, randomUUIDv7 } from 'node:crypto'
import { sealColumn } from '@packages/db/sealed-columns'
import { startTestDatabase, type TestDatabase } from '@packages/db/test-database'
import { silentLogger } from '@packages/runtime/minimal-logger'
import { SealingKey } from '@packages/runtime/sealing-key'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { nodeTokenPlace } from './added-nodes.ts'
import { ensureKuboNodes } from './ensure-kubo-nodes.ts'
import { ReadNodes } from './read-nodes.ts'

const masterKey = new SealingKey(randomBytes(32))
const named = [{ name: 'named', url: 'http://127.0.0.1/named', token: 'a', zone: '', network: 'public' as const }]

let database: TestDatabase
let reads: Map<string, string | null>
let changes: number
beforeAll(async () => {
  database = await startTestDatabase()
})
afterAll(() => database.stop())
beforeEach(async () => {
  await database.clear()
  reads = new Map()
  changes = 0
})

const readNodes = ({ withAdded = true } = {}) => {
  const names = new Map<string, string>()
  return new ReadNodes({
    db: database.db,
    masterKey,
    named,
    withAdded,
    pool: {
      add: ({ nodeId, name, token }) => void (names.set(nodeId, name), reads.set(name, token)),
      drop: (nodeId) => void reads.delete(names.get(nodeId) ?? ''),
    },
    onChange: () => changes++,
    logger: silentLogger,
  })
}
const add = async (name: string, token: string): Promise<void> => {
  const id = randomUUIDv7()
  const token_sealed = sealColumn(masterKey, nodeTokenPlace(id), Buffer.from(token))
  const row = { id, name, kind: 'kubo', url: `http://127.0.0.1/${name}`, state: 'up', is_added: true } as const
  await database.db.kysely
    .insertInto('nodes')
    .values({ ...row, token_sealed })
    .execute()
}

it('are those of the settings that have a row, and those that were added: also while it runs, until they are removed', async () => {
  const nodes = readNodes()
  await nodes.look()
  expect([...reads]).toEqual([])
  // Whoever may write has started.
  await ensureKuboNodes(database.db, named)
  await add('added', 'b')
  await nodes.look()
  expect(Object.fromEntries(reads)).toEqual({ named: 'a', added: 'b' })
  expect(changes).toBe(1)
  await nodes.look()
  expect(changes).toBe(1)
  await database.db.kysely.updateTable('nodes').set({ intent: 'removed' }).where('name', '=', 'added').execute()
  await nodes.look()
  expect(Object.fromEntries(reads)).toEqual({ named: 'a' })
  expect(changes).toBe(2)
})

it('are, where nodes are left, those of the settings alone', async () => {
  await ensureKuboNodes(database.db, named)
  await add('added', 'b')
  await readNodes({ withAdded: false }).look()
  expect([...reads.keys()]).toEqual(['named'])
})
