import { randomBytes } from 'node:crypto'
import { wantRoot } from '@packages/db/test-database/want-root'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { expirePins } from './expire-pins.ts'
import { releaseContents } from './release-contents.ts'
import { startTestManager, type TestManager } from './testing/test-manager.ts'

let test: TestManager
beforeAll(async () => {
  test = await startTestManager()
})
afterAll(() => test.stop())
const HOUR_MS = 3_600_000
const endsAt = (pinId: string, at: number) =>
  test.db.kysely
    .updateTable('pins')
    .set({ expires_at: new Date(at) })
    .where('id', '=', pinId)
    .execute()
const deps = (now = Date.now()) => ({ db: test.db, logger: test.logger, now: () => now })

it('takes a pin away when its time is over, with the bytes that nothing else needs, and says why', async () => {
  const upload = await test.bring(randomBytes(1_000))
  const { pin, contentId } = await test.own(upload)
  await endsAt(pin.id, Date.now() + HOUR_MS)
  expect(await expirePins(deps())).toBe(0)
  await endsAt(pin.id, Date.now() - 1)
  expect(await expirePins(deps())).toBe(1)
  await releaseContents(test.deps, [contentId])
  expect(await test.held(upload.cid)).toBe(false)
  const event = await test.db.kysely
    .selectFrom('events')
    .select('payload')
    .where('kind', '=', 'pin.deleted')
    .where('subject', '=', pin.id)
    .executeTakeFirst()
  expect(event?.payload).toEqual({ cid: upload.cid, reason: 'expired' })
})

it('leaves the content to another pin, and a wish that has ended is fetched no more', async () => {
  const { cid } = await test.bring(randomBytes(1_000))
  const [short, long] = [await wantRoot(test.db, { ...test, cid }), await wantRoot(test.db, { ...test, cid })]
  await endsAt(short.pinId, Date.now() - 1)
  expect(await expirePins(deps())).toBe(1)
  const fetches = () => test.db.kysely.selectFrom('fetches').select('content_id').execute()
  expect(await fetches()).toHaveLength(1)
  await endsAt(long.pinId, Date.now() - 1)
  expect(await expirePins(deps())).toBe(1)
  expect(await fetches()).toEqual([])
})

it('believes no clock alone, be it the own one or the database’s', async () => {
  const { cid } = await test.bring(randomBytes(1_000))
  const { pinId } = await wantRoot(test.db, { ...test, cid })
  await endsAt(pinId, Date.now() + HOUR_MS)
  expect(await expirePins(deps(Date.now() + 24 * HOUR_MS))).toBe(0)
  await endsAt(pinId, Date.now() - HOUR_MS)
  expect(await expirePins(deps(Date.now() - 24 * HOUR_MS))).toBe(0)
  expect(await expirePins(deps())).toBe(1)
})

it('takes more of them away than go in one batch', async () => {
  const { cid } = await test.bring(randomBytes(1_000))
  const { pinId } = await wantRoot(test.db, { ...test, cid })
  await endsAt(pinId, Date.now() - 1)
  await sql`
    insert into pins (id, organization_id, content_id, cid, status, created_at, expires_at)
    select gen_random_uuid(), organization_id, content_id, cid, status, created_at + n * interval '1 second', expires_at
    from pins, generate_series(1, 600) n where id = ${pinId}
  `.execute(test.db.kysely)
  expect(await expirePins(deps())).toBe(601)
})
