import { randomUUIDv7 } from 'node:crypto'
import { startTestDatabase, type TestDatabase } from '@packages/db/test-database'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { liveTwin } from './live-twin.ts'

let database: TestDatabase
const nodeId = randomUUIDv7()
beforeAll(async () => {
  database = await startTestDatabase()
  await database.db.pool.query(`insert into nodes (id, name, kind, network) values ($1, 'vault', 'kubo', 'private')`, [
    nodeId,
  ])
})
afterAll(() => database.stop())

type Content = { realm: string; cid: string; nodeCid?: string; state?: string; status?: string }
const insert = async ({ realm, cid, nodeCid, state = 'held', status = 'pinned' }: Content): Promise<string> => {
  const id = randomUUIDv7()
  const { pool } = database.db
  const content = [id, realm, cid, nodeCid ?? null, state]
  await pool.query(`insert into contents (id, realm, cid, node_cid, state) values ($1, $2, $3, $4, $5)`, content)
  await pool.query(`insert into replicas (content_id, node_id, status) values ($1, $2, $3)`, [id, nodeId, status])
  return id
}
const twinOf = (realm: string, cid: string, node = nodeId) => liveTwin(database, { nodeId: node, cid, realm })

describe('liveTwin', () => {
  it('knows a private content by the name that it has on the node', async () => {
    await insert({ realm: 'private', cid: 'list-1', nodeCid: 'tree-1', state: 'released', status: 'releasing' })
    expect(await twinOf('private', 'tree-1')).toBeNull()
    const live = await insert({ realm: 'private', cid: 'list-1', nodeCid: 'tree-1' })
    expect(await twinOf('private', 'tree-1')).toBe(live)
    expect(await twinOf('private', 'list-1')).toBeNull()
  })

  it('is one of the same realm that stands on this very node, heard of or not', async () => {
    const live = await insert({ realm: 'public', cid: 'root', status: 'unreachable' })
    expect(await twinOf('public', 'root')).toBe(live)
    expect(await twinOf('private', 'root')).toBeNull()
    expect(await twinOf('public', 'root', randomUUIDv7())).toBeNull()
    await insert({ realm: 'public', cid: 'other', status: 'lost' })
    expect(await twinOf('public', 'other')).toBeNull()
  })
})
