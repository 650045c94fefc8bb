import { hash, randomBytes, randomUUIDv7 } from 'node:crypto'
import { silentLogger } from '@packages/runtime/minimal-logger'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { IngestCommitter } from '../ingest-committer.ts'
import { startTestDatabase, type TestDatabase } from '../test-database.ts'
import { ingestItem, seedNode, seedOrganization } from '../test-database/seed.ts'
import { testKeys } from '../test-keys.ts'
import { exportPrivateFiles } from './export-private-files.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await startTestDatabase()
})
afterAll(() => database.stop())

test('each private file comes once, those of one CID together, however many pages they are; nobody else’s comes', async () => {
  const { db } = database
  const [owner, other] = [await seedOrganization(db), await seedOrganization(db)]
  const nodeId = await seedNode(db)
  const committer = new IngestCommitter({ unitOfWork: db.unitOfWork, logger: silentLogger })
  const { rootKeys } = await testKeys(db)
  const store = async (whose: typeof owner, cid: string, realm: 'public' | 'private'): Promise<string> => {
    const contentId = randomUUIDv7()
    const { row: rootKey } = await rootKeys.newRootKey(db.kysely, whose.organizationId, contentId)
    const sealed = { pinCid: 'sealed:x', cidHash: hash('sha256', cid, 'buffer'), nameHash: randomBytes(32), rootKey }
    const names = { name: 'sealed:x', contentType: 'text/plain', size: 900, metadata: { sealed: 'x' } }
    const file = { id: randomUUIDv7(), ...names }
    const facts = { contentId, realm, canonicalCid: contentId, file, ...(realm === 'private' ? { sealed } : {}) }
    await committer.commit(ingestItem(whose, nodeId, realm === 'private' ? 'sealed:x' : contentId, facts))
    return file.id
  }
  // 150 of one CID and 55 others: pages begin within a CID and between two.
  const stored = Array.from({ length: 205 }, (_, at) => store(owner, `${Math.max(0, at - 150)}`, 'private'))
  const ids = await Promise.all(stored)
  await Promise.all([store(owner, 'x', 'public'), store(other, '0', 'private')])
  await committer.close()
  const found: { id: string; cid: string }[] = []
  for await (const { id, contentId, list } of exportPrivateFiles(
    db.kysely,
    owner.organizationId,
    new AbortController().signal,
  )) {
    expect(list).toBe(contentId)
    found.push({ id, cid: `${Math.max(0, ids.indexOf(id) - 150)}` })
  }
  expect(found.map(({ id }) => id).toSorted()).toEqual(ids.toSorted())
  const runs = found.filter(({ cid }, at) => found[at - 1]?.cid !== cid)
  expect(runs).toHaveLength(new Set(found.map(({ cid }) => cid)).size)
})
