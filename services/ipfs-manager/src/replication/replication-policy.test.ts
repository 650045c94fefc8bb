import { randomBytes } from 'node:crypto'
import { changeReplication } from '@packages/db/pins/change-replication'
import { seedOrganization } from '@packages/db/test-database/seed'
import type { ReplicationWish } from '@packages/shared/replication'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { RootLocks } from '../root-locks.ts'
import { Fleet } from '../testing/fleet.ts'
import { startTestManager, type TestManager } from '../testing/test-manager.ts'
import { ReplicationLoop } from './replication-loop.ts'

let test: TestManager
let fleet: Fleet
let loop: ReplicationLoop
const signal = new AbortController().signal

beforeEach(async () => {
  test = await startTestManager()
  fleet = await Fleet.start(test, { db: test.db, nodes: 4 })
  loop = new ReplicationLoop({ ...test.deps, backend: fleet.backend, locks: new RootLocks() })
  await loop.watch(signal)
  // Two nodes in each of two zones; the own store is in none.
  for (const [index, id] of fleet.others.entries())
    await test.db.kysely
      .updateTable('nodes')
      .set({ zone: index < 2 ? 'a' : 'b' })
      .where('id', '=', id)
      .execute()
})
afterEach(async () => {
  await loop.stop()
  await fleet.stop()
  await test.stop()
})

const upload = async (bytes = randomBytes(1_000), owner?: { organizationId: string; userId: string }) => {
  const brought = await test.bring(bytes)
  const { pin, contentId } = await test.own(brought, owner)
  test.store.settle(brought.contentId)
  return { contentId, pinId: pin.id }
}
const ask = (
  { pinId }: { pinId: string },
  wish: ReplicationWish,
  { organizationId }: { organizationId: string } = test,
) => test.db.unitOfWork.run((uow) => changeReplication(uow, { organizationId, actorId: null, pinIds: [pinId], wish }))
const zonesOf = ({ contentId }: { contentId: string }) =>
  fleet.others.flatMap((id, index) => (fleet.store(id).hasRoot(contentId) ? [index < 2 ? 'a' : 'b'] : [])).sort()
const content = ({ contentId }: { contentId: string }) =>
  test.db.kysely
    .selectFrom('contents')
    .select(['confirmed', 'copies_min', 'copies_max', 'zones', 'shortage'])
    .where('id', '=', contentId)
    .executeTakeFirstOrThrow()
const becomes = (of: { contentId: string }, zones: string[]) =>
  expect
    .poll(
      async () => {
        await loop.turn(signal)
        await loop.check(signal)
        return zonesOf(of)
      },
      { timeout: 10_000 },
    )
    .toEqual(zones)

describe('what a pin asks for', () => {
  it('is made, at once, and let go again when the pin that asked for it goes', async () => {
    const bytes = randomBytes(1_000)
    const other = await seedOrganization(test.db)
    const mine = await upload(bytes)
    const theirs = await upload(bytes, other)
    expect(theirs.contentId).toBe(mine.contentId)
    await ask(mine, { min: 2, max: 5 })
    await ask(theirs, { max: 3 }, other)
    await expect
      .poll(async () => (await loop.turn(signal), (await content(mine)).confirmed), { timeout: 10_000 })
      .toBe(5)
    await test.unpin([mine.pinId])
    expect(await content(theirs)).toMatchObject({ copies_min: 1, copies_max: 3 })
    await expect
      .poll(
        async () => {
          await loop.check(signal)
          await loop.turn(signal)
          return zonesOf(theirs).length
        },
        { timeout: 10_000 },
      )
      .toBe(2)
    expect((await content(theirs)).confirmed).toBe(3)
    expect(await test.db.kysely.selectFrom('node_tombstones').selectAll().execute()).toEqual([])
  })

  it('puts a copy into each zone, also where there are enough, and takes one too many from another', async () => {
    const one = await upload()
    await ask(one, { max: 3, zones: ['a'] })
    await expect
      .poll(async () => (await loop.turn(signal), (await content(one)).confirmed), { timeout: 10_000 })
      .toBe(3)
    await ask(one, { max: 3, zones: ['a', 'b'] })
    await becomes(one, ['a', 'b'])
    await ask(one, { max: 2, zones: ['b'] })
    await becomes(one, ['b'])
    await ask(one, { max: 2, zones: ['a'] })
    await becomes(one, ['a'])
  })

  it('says which zone has no node, and goes there when there is one', async () => {
    const one = await upload()
    await ask(one, { max: 2, zones: ['c'] })
    await loop.turn(signal)
    expect((await content(one)).shortage).toContain('no node in zone c')
    await test.db.kysely
      .updateTable('nodes')
      .set({ zone: 'c' })
      .where('id', '=', fleet.others[3] ?? '')
      .execute()
    await test.db.kysely.updateTable('contents').set({ zones_after: null }).execute()
    await expect
      .poll(async () => (await loop.turn(signal), fleet.store(fleet.others[3] ?? '').hasRoot(one.contentId)), {
        timeout: 10_000,
      })
      .toBe(true)
    const lookAgain = async (): Promise<string | null> => {
      await test.db.kysely.updateTable('contents').set({ zones_after: null }).execute()
      await loop.turn(signal)
      return (await content(one)).shortage
    }
    await expect.poll(lookAgain, { timeout: 10_000 }).toBeNull()
  })

  it('lets go what is too many though no node is in a zone that has to have one', async () => {
    const one = await upload()
    await ask(one, { max: 4 })
    await expect
      .poll(async () => (await loop.turn(signal), (await content(one)).confirmed), { timeout: 10_000 })
      .toBe(4)
    await ask(one, { max: 2, zones: ['mars'] })
    await expect
      .poll(async () => (await loop.turn(signal), await loop.check(signal), (await content(one)).confirmed), {
        timeout: 10_000,
      })
      .toBe(2)
    expect((await content(one)).shortage).toBe('no node in zone mars can take a copy')
  })

  it('is told with its reason while there are not enough nodes', async () => {
    const one = await upload()
    await ask(one, { min: 2, max: 9 })
    await expect
      .poll(async () => (await loop.turn(signal), (await content(one)).confirmed), { timeout: 10_000 })
      .toBe(5)
    await test.db.kysely.updateTable('contents').set({ place_after: null }).execute()
    await loop.turn(signal)
    expect(await content(one)).toMatchObject({ copies_max: 9, shortage: 'no other node is up and has room' })
  })
})
