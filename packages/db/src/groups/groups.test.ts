import { randomUUIDv7 } from 'node:crypto'
import {
  largestReplication,
  type Replication,
  type ReplicationWish,
  resolveReplication,
} from '@packages/shared/replication'
import * as fc from 'fast-check'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { changeReplication } from '../pins/change-replication.ts'
import { insertPins } from '../pins/insert-pin.ts'
import { seedNode, seedOrganization } from '../test-database/seed.ts'
import { startTestDatabase, type TestDatabase } from '../test-database.ts'
import { moveMembers } from './move-members.ts'
import { settleAllGroups, settleGroups } from './settle-groups.ts'

const LIMIT = 4
const FIRST_ID = '00000000-0000-0000-0000-000000000000'

let database: TestDatabase
let nodeId: string
let owner: { organizationId: string; userId: string }
beforeAll(async () => {
  database = await startTestDatabase()
})
afterAll(() => database.stop())

const begin = async (): Promise<void> => {
  await database.clear()
  nodeId = await seedNode(database.db)
  owner = await seedOrganization(database.db)
  await database.db.pool.query(`insert into plans (name, replication_max) values ('small', $1)`, [LIMIT])
  await database.db.pool.query(`update organizations set plan = 'small'`)
}
const run = <T>(work: Parameters<typeof database.db.unitOfWork.run<T>>[0]) => database.db.unitOfWork.run(work)
const columnsOf = (policy: Replication | null) => ({
  replication_min: policy?.min ?? null,
  replication_max: policy?.max ?? null,
  replication_zones: policy === null ? null : [...policy.zones],
})
const addGroup = async (policy: Replication | null): Promise<string> => {
  const row = { id: randomUUIDv7(), organization_id: owner.organizationId, ...columnsOf(policy) }
  await database.db.kysely
    .insertInto('groups')
    .values({ ...row, name: row.id })
    .execute()
  return row.id
}
/** As the API does it; `null`: it is deleted. */
const changeGroup = (id: string, policy: Replication | null | undefined) =>
  database.db.kysely
    .updateTable('groups')
    .set({ settle_after: FIRST_ID, ...(policy === undefined ? { deleted_at: new Date() } : columnsOf(policy)) })
    .where('id', '=', id)
    .execute()
const addPin = async (cid: string, replication: ReplicationWish, groupId: string | null) => {
  const row = { ...owner, realm: 'public', cid, canonical: cid, name: null, meta: {}, nodeId, adopted: undefined }
  const { result } = await run((uow) => insertPins(uow, [{ ...row, replication, groupId }]))
  return result[0]
}
const move = (way: 'in' | 'out', groupId: string, pinIds: string[]) =>
  run((uow) =>
    moveMembers(uow, { organizationId: owner.organizationId, actorId: null, way, groupId, pinIds, fileIds: [] }),
  )

const policies = fc
  .record({
    min: fc.integer({ min: 1, max: 3 }),
    max: fc.integer({ min: 1, max: 6 }),
    zones: fc.uniqueArray(fc.constantFrom('a', 'b'), { maxLength: 2 }),
  })
  .filter(({ min, max, zones }) => min <= max && zones.length <= max)
const wishes = fc.oneof(
  fc.constant({}),
  fc.record({ min: fc.integer({ min: 1, max: 2 }) }),
  fc.record({ max: fc.integer({ min: 2, max: LIMIT }) }),
)
const steps = fc.array(
  fc.oneof(
    fc.record({ do: fc.constant('group' as const), policy: fc.option(policies) }),
    fc.record({
      do: fc.constant('pin' as const),
      cid: fc.constantFrom('one', 'two'),
      wish: wishes,
      group: fc.option(fc.nat(4)),
    }),
    fc.record({ do: fc.constant('wish' as const), pin: fc.nat(9), wish: wishes }),
    fc.record({ do: fc.constantFrom('in' as const, 'out' as const), pin: fc.nat(9), group: fc.nat(4) }),
    fc.record({ do: fc.constant('change' as const), group: fc.nat(4), policy: fc.option(policies) }),
    fc.record({ do: fc.constant('delete' as const), group: fc.nat(4) }),
    fc.record({ do: fc.constant('default' as const), policy: policies }),
  ),
  { minLength: 5, maxLength: 16 },
)
type Step = typeof steps extends fc.Arbitrary<(infer S)[]> ? S : never

/** A whole rule of one line: what a pin asks for, else its group's policy, else the organization's; as of the last time that one of the first two changed. */
class Model {
  byDefault: Replication = { min: 1, max: 1, zones: [] }
  readonly groups: { id: string; policy: Replication | null; isDeleted: boolean }[] = []
  readonly pins: { id: string; wish: ReplicationWish; group: string | null; policy: Replication }[] = []

  groupAt(index: number) {
    const there = this.groups.filter(({ isDeleted }) => !isDeleted)
    return there[index % Math.max(1, there.length)]
  }
  policyOf(wish: ReplicationWish, group: string | null): Replication {
    const policy = this.groups.find(({ id, isDeleted }) => id === group && !isDeleted)?.policy
    return resolveReplication(wish, policy ?? this.byDefault, LIMIT)
  }
  settle(pins = this.pins): void {
    for (const pin of pins) pin.policy = this.policyOf(pin.wish, pin.group)
  }
}

const perform = async (model: Model, step: Step): Promise<void> => {
  if (step.do === 'group') {
    const id = await addGroup(step.policy)
    model.groups.push({ id, policy: step.policy, isDeleted: false })
  } else if (step.do === 'default') {
    await database.db.kysely.updateTable('organizations').set(columnsOf(step.policy)).execute()
    model.byDefault = step.policy
  } else if (step.do === 'pin') {
    const group = step.group === null ? null : (model.groupAt(step.group)?.id ?? null)
    const pin = await addPin(step.cid, step.wish, group)
    if (pin === undefined || pin instanceof Error) throw pin ?? new Error('no pin')
    model.pins.push({ id: pin.id, wish: step.wish, group, policy: model.policyOf(step.wish, group) })
  } else if (step.do === 'wish') {
    const pin = model.pins[step.pin % Math.max(1, model.pins.length)]
    if (pin === undefined) return
    const { organizationId } = owner
    await run((uow) => changeReplication(uow, { organizationId, actorId: null, pinIds: [pin.id], wish: step.wish }))
    pin.wish = step.wish
    model.settle([pin])
  } else if ('pin' in step) {
    const [pin, group] = [model.pins[step.pin % Math.max(1, model.pins.length)], model.groupAt(step.group)]
    if (pin === undefined || group === undefined) return
    const isMoved = step.do === 'in' ? pin.group !== group.id : pin.group === group.id
    expect((await move(step.do, group.id, [pin.id])).result).toBe(isMoved ? 1 : 0)
    if (!isMoved) return
    pin.group = step.do === 'in' ? group.id : null
    model.settle([pin])
  } else {
    const group = model.groupAt(step.group)
    if (group === undefined) return
    await changeGroup(group.id, 'policy' in step ? step.policy : undefined)
    if ('policy' in step) group.policy = step.policy
    else group.isDeleted = true
    const members = model.pins.filter((pin) => pin.group === group.id)
    model.settle(members)
    if (step.do === 'delete') for (const pin of members) pin.group = null
  }
  // Slices are as small as they can be: a change takes several transactions.
  while ((await settleGroups(database, 1)) > 0);
}

test('pins have what they ask for, else what their group says, else the default, whatever changes, and contents the most of it', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (given) => {
      await begin()
      const model = new Model()
      for (const step of given) {
        await perform(model, step)
        const pins = await database.db.kysely
          .selectFrom('pins')
          .select(['id', 'cid', 'group_id as group', 'replication_min as min', 'replication_max as max', 'zones'])
          .orderBy('created_at')
          .execute()
        expect(pins.map(({ id, group, min, max, zones }) => ({ id, group, policy: { min, max, zones } }))).toEqual(
          model.pins.map(({ id, group, policy }) => ({ id, group, policy })),
        )
        const contents = await database.db.kysely
          .selectFrom('contents')
          .select(['cid', 'copies_min as min', 'copies_max as max', 'zones'])
          .execute()
        for (const { cid, ...needs } of contents)
          expect(needs).toEqual(largestReplication(pins.filter((pin) => pin.cid === cid)))
      }
      const left = await database.db.kysely.selectFrom('groups').select('id').orderBy('id').execute()
      expect(left.map(({ id }) => id)).toEqual(
        model.groups.flatMap(({ id, isDeleted }) => (isDeleted ? [] : [id])).sort(),
      )
    }),
    { numRuns: Number(process.env.HOLDFAST_MODEL_RUNS ?? 12), seed: 165 },
  )
})

test('a group that does not stand, or is of somebody else, takes nothing', async () => {
  await begin()
  const [id, gone] = [await addGroup(null), await addGroup(null)]
  await changeGroup(gone, undefined)
  const other = await seedOrganization(database.db)
  expect(await addPin('one', {}, gone)).toMatchObject({ code: 'not_found' })
  owner = other
  expect(await addPin('one', {}, id)).toMatchObject({ code: 'not_found' })
  await expect(move('in', id, [])).rejects.toMatchObject({ code: 'not_found' })
})

test('nothing moves when one of the pins is not there', async () => {
  await begin()
  const id = await addGroup({ min: 2, max: 2, zones: [] })
  const pin = await addPin('one', {}, null)
  const pinId = pin !== undefined && 'id' in pin ? pin.id : ''
  await expect(move('in', id, [pinId, randomUUIDv7()])).rejects.toMatchObject({ code: 'not_found' })
  expect(await database.db.kysely.selectFrom('pins').select('group_id').execute()).toEqual([{ group_id: null }])
})

test('a pin that goes into a group while its policy changes has the new one in the end', async () => {
  await begin()
  const id = await addGroup({ min: 1, max: 1, zones: [] })
  const [written, mayEnd] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const change = run(async ({ tx }) => {
    await tx
      .updateTable('groups')
      .set({ ...columnsOf({ min: 2, max: 3, zones: [] }), settle_after: FIRST_ID })
      .where('id', '=', id)
      .execute()
    written.resolve()
    await mayEnd.promise
  })
  await written.promise
  const pin = addPin('one', {}, id)
  mayEnd.resolve()
  await Promise.all([change, pin])
  while ((await settleGroups(database)) > 0);
  expect(await database.db.kysely.selectFrom('pins').select('replication_min').execute()).toEqual([
    { replication_min: 2 },
  ])
})

const pinsWritten = () =>
  database.db.kysely.selectFrom('pins').select(['group_id', 'replication_min']).orderBy('created_at').execute()

/** Processes that wait for rows which somebody has locked, so many. */
const waiting = (count = 1): Promise<number[]> =>
  vi.waitFor(
    async () => {
      const { rows } = await sql<{ pid: number }>`
        select pid from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'
      `.execute(database.db.kysely)
      expect(rows).toHaveLength(count)
      return rows.map(({ pid }) => pid)
    },
    { timeout: 10_000 },
  )

const settle = async (): Promise<void> => {
  while ((await settleGroups(database)) > 0);
}

/** `bring` waits for a content, while the group is changed and settled as far as it lets. */
const onTheWay = async (bring: () => Promise<unknown>, change: () => Promise<unknown>): Promise<void> => {
  const [held, mayEnd] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const holder = run(async ({ tx }) => {
    await sql`select from contents for update`.execute(tx)
    held.resolve()
    await mayEnd.promise
  })
  await held.promise
  const brought = bring()
  await waiting()
  const changed = change().then(settle)
  // It may not go past the pin.
  await Promise.race([changed, waiting(2)])
  mayEnd.resolve()
  await Promise.all([holder, brought, changed])
  await settle()
}

test('a pin that is on its way into a group has the policy that this is given meanwhile', async () => {
  await begin()
  const id = await addGroup({ min: 1, max: 1, zones: [] })
  await addPin('one', {}, null)
  await onTheWay(
    () => addPin('one', {}, id),
    () => changeGroup(id, { min: 2, max: 3, zones: [] }),
  )
  expect(await pinsWritten()).toEqual([
    { group_id: null, replication_min: 1 },
    { group_id: id, replication_min: 2 },
  ])
})

test('a pin that is on its way into a group which is deleted meanwhile is in none', async () => {
  await begin()
  const id = await addGroup({ min: 2, max: 2, zones: [] })
  const pin = await addPin('one', {}, null)
  const pinIds = pin !== undefined && 'id' in pin ? [pin.id] : []
  await onTheWay(
    () => move('in', id, pinIds),
    () => changeGroup(id, undefined),
  )
  expect(await pinsWritten()).toEqual([{ group_id: null, replication_min: 1 }])
})

test('a pin that goes into another group while its own is deleted stays there', async () => {
  await begin()
  const [gone, id] = [await addGroup(null), await addGroup({ min: 2, max: 3, zones: [] })]
  const pin = await addPin('one', {}, gone)
  await changeGroup(gone, undefined)
  const [moved, mayEnd] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const { organizationId } = owner
  const pinIds = pin !== undefined && 'id' in pin ? [pin.id] : []
  const mover = run(async (uow) => {
    await moveMembers(uow, { organizationId, actorId: null, way: 'in', groupId: id, pinIds, fileIds: [] })
    moved.resolve()
    await mayEnd.promise
  })
  await moved.promise
  const slice = settleGroups(database)
  await waiting()
  mayEnd.resolve()
  await Promise.all([mover, slice])
  expect(await pinsWritten()).toEqual([{ group_id: id, replication_min: 2 }])
})

test('a slice that is cut off leaves nothing behind, and the next one goes on where the last had ended', async () => {
  await begin()
  const id = await addGroup(null)
  for (const cid of ['one', 'two', 'three']) await addPin(cid, {}, id)
  await changeGroup(id, { min: 2, max: 3, zones: [] })
  const given = async () =>
    (await database.db.kysely.selectFrom('pins').select('replication_min').execute())
      .map(({ replication_min: min }) => min)
      .sort()
  expect([await settleGroups(database, 1), await given()]).toEqual([1, [1, 1, 2]])
  const [held, mayEnd] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const holder = run(async ({ tx }) => {
    await sql`select from contents where copies_min = 1 for update`.execute(tx)
    held.resolve()
    await mayEnd.promise
  })
  await held.promise
  const slice = settleGroups(database, 1).then(
    () => 'done',
    () => 'cut off',
  )
  const [pid] = await waiting()
  await sql`select pg_terminate_backend(${pid})`.execute(database.db.kysely)
  mayEnd.resolve()
  await holder
  expect([await slice, await given()]).toEqual(['cut off', [1, 1, 2]])
  while ((await settleGroups(database, 1)) > 0);
  expect(await given()).toEqual([2, 2, 2])
  const told = await database.db.kysely
    .selectFrom('events')
    .select((of) => of.fn.countAll<number>().as('count'))
    .where('kind', '=', 'pin.replication-changed')
    .executeTakeFirstOrThrow()
  expect(told.count).toBe(3)
})

test('a group whose slice always fails holds up no other, however many fail', async () => {
  await begin()
  const policy = { min: 2, max: 3, zones: [] }
  const broken: string[] = []
  for (let count = 0; count < 51; count++) broken.push(await addGroup(null))
  await addPin('broken', {}, broken[0] ?? null)
  const sound = await addGroup(null)
  for (const cid of ['one', 'two']) await addPin(cid, {}, sound)
  const { kysely } = database.db
  await sql`create table broken_groups (id uuid primary key)`.execute(kysely)
  await sql`insert into broken_groups select unnest(${broken}::uuid[])`.execute(kysely)
  for (const id of [...broken, sound]) await changeGroup(id, policy)
  await sql`
    create function fail_settling() returns trigger language plpgsql as $$ begin
      if exists (select from broken_groups b where b.id = new.id) then raise 'a broken group'; end if;
      return new;
    end $$
  `.execute(kysely)
  await sql`
    create trigger broken before update on groups for each row when (old.settle_after is not null)
    execute function fail_settling()
  `.execute(kysely)
  try {
    await expect(settleAllGroups(database, new AbortController().signal, 1)).rejects.toThrow(
      '51 groups could not be settled',
    )
    const settled = await kysely.selectFrom('pins').select('cid').where('replication_min', '=', 2).execute()
    expect(settled.map(({ cid }) => cid).toSorted()).toEqual(['one', 'two'])
  } finally {
    await sql`drop trigger broken on groups`.execute(kysely)
  }
  await settleAllGroups(database, new AbortController().signal)
  expect(await kysely.selectFrom('pins').select('cid').where('replication_min', '=', 1).execute()).toEqual([])
})
