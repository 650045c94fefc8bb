import { randomBytes, randomUUIDv7 } from 'node:crypto'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { holdWantedContent } from './hold-wanted-content.ts'
import { startTestManager, type TestManager } from './testing/test-manager.ts'

let test: TestManager
beforeEach(async () => {
  test = await startTestManager()
})
afterEach(() => test.stop())

it('holds wanted content once when several look for it at the same time', async () => {
  const { cid } = await test.bring(randomBytes(1_000))
  const id = randomUUIDv7()
  await test.db.kysely.insertInto('contents').values({ id, realm: 'public', cid, state: 'wanted' }).execute()
  const answers = await Promise.all(Array.from({ length: 8 }, () => holdWantedContent(test.deps, id)))
  expect(answers).toContain(true)
  const row = await test.db.kysely.selectFrom('contents').select('state').where('id', '=', id).executeTakeFirst()
  expect(row?.state).toBe('held')
  expect(test.store.hasRoot(id)).toBe(true)
  expect(test.store.inFlight().has(id)).toBe(false)
  expect(await holdWantedContent(test.deps, id)).toBe(true)
})
