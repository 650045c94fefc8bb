import { randomBytes } from 'node:crypto'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { checkHeldContents } from './check-held-contents.ts'
import { releaseContents } from './release-contents.ts'
import { startTestManager, type TestManager, type TestUpload } from './testing/test-manager.ts'

let test: TestManager
beforeEach(async () => {
  test = await startTestManager()
})
afterEach(() => test.stop())

const stored = async (bytes: Uint8Array): Promise<TestUpload> => {
  const upload = await test.bring(bytes)
  await test.own(upload)
  test.store.settle(upload.contentId)
  return upload
}
const pins = () => test.db.kysely.selectFrom('pins').select(['status', 'info']).execute()
const usage = async () => {
  const rows = await test.db.kysely.selectFrom('usage').select(['stored_bytes', 'roots']).execute()
  return rows[0]
}

it('changes nothing while everything is there', async () => {
  await stored(randomBytes(1_000))
  expect(await checkHeldContents(test.deps)).toBe(0)
  expect(await pins()).toEqual([{ status: 'pinned', info: {} }])
})

it('shows at once that content is lost, and takes the next upload of the same bytes for it', async () => {
  const bytes = randomBytes(1_000)
  const upload = await stored(bytes)
  await test.store.release(upload.contentId)
  expect(await checkHeldContents(test.deps)).toBe(1)
  expect(await pins()).toMatchObject([
    { status: 'degraded', info: { reason: expect.stringContaining('upload it again') } },
  ])
  expect(await usage()).toEqual({ stored_bytes: 0, roots: 0 })
  expect(test.alarms.list()).toMatchObject([{ code: 'held_content_missing' }])
  await stored(bytes)
  expect(await pins()).toEqual([
    { status: 'pinned', info: {} },
    { status: 'pinned', info: {} },
  ])
  expect(await usage()).toEqual({ stored_bytes: 1_000, roots: 1 })
  expect(await checkHeldContents(test.deps)).toBe(0)
  expect(test.alarms.list()).toEqual([])
})

it('gives content its root back when other content holds the same blocks', async () => {
  const bytes = randomBytes(1_000)
  const first = await stored(bytes)
  await test.store.release(first.contentId)
  // Taken for a duplicate of content that the store has lost.
  const second = await stored(bytes)
  expect(await checkHeldContents(test.deps)).toBe(0)
  expect(test.store.hasRoot(first.contentId)).toBe(true)
  expect(await releaseContents(test.deps, [second.contentId])).toEqual([])
  expect(await test.held(first.cid)).toBe(true)
})
