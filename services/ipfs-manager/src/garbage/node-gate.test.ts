import { randomUUIDv7 } from 'node:crypto'
import { startTestDatabase, type TestDatabase } from '@packages/db/test-database'
import * as fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { BrokenOff, NodeGate } from './node-gate.ts'

let database: TestDatabase
let nodeId: string
const signal = new AbortController().signal
const settings = { leaseMs: 30_000, pushWaitsMs: 5_000, patienceMs: 5_000, firstBlockMs: 5_000, breakAfterMs: 60_000 }
const gateWith = (given: Partial<typeof settings> = {}) =>
  new NodeGate({ db: database.db, settings: { ...settings, ...given } })
const options = { signal, hasBrought: null }

beforeAll(async () => {
  database = await startTestDatabase()
})
afterAll(() => database.stop())
beforeEach(async () => {
  nodeId = randomUUIDv7()
  await database.db.kysely.insertInto('nodes').values({ id: nodeId, name: nodeId, kind: 'kubo' }).execute()
})

const begun = () => {
  const { promise: started, resolve: start } = Promise.withResolvers<void>()
  const { promise: end, resolve: finish } = Promise.withResolvers<void>()
  const work = async (): Promise<void> => {
    start()
    await end
  }
  return { work, started, finish }
}

it('lets many push at once, and asks the database for all of them once', async () => {
  const gate = gateWith()
  const all = [begun(), begun(), begun()]
  const pushes = all.map(({ work }) => gate.pushing(nodeId, options, work))
  await Promise.all(all.map(({ started }) => started))
  expect(
    await database.db.kysely.selectFrom('node_work').selectAll().where('node_id', '=', nodeId).execute(),
  ).toHaveLength(1)
  for (const { finish } of all) finish()
  await Promise.all(pushes)
})

it('collects when the last push has ended, and pushes again when it has collected', async () => {
  const gate = gateWith()
  const [push, collect, late] = [begun(), begun(), begun()]
  const order: string[] = []
  const pushing = gate.pushing(nodeId, options, push.work).then(() => order.push('pushed'))
  await push.started
  const collecting = gate.collecting(nodeId, signal, collect.work).then(() => order.push('collected'))
  await expect.poll(() => isCollecting()).toBe(true)
  const after = gate.pushing(nodeId, options, late.work).then(() => order.push('pushed late'))
  push.finish()
  await collect.started
  late.finish()
  collect.finish()
  await Promise.all([pushing, collecting, after])
  expect(order).toEqual(['pushed', 'collected', 'pushed late'])
  expect(await isCollecting()).toBe(false)
})

const isCollecting = async (): Promise<boolean> => {
  const row = await database.db.kysely
    .selectFrom('nodes')
    .select('gc_until')
    .where('id', '=', nodeId)
    .executeTakeFirst()
  return row?.gc_until !== null
}

it('gives up when somebody pushes all the time, and lets everybody in again', async () => {
  const gate = gateWith({ patienceMs: 1 })
  const push = begun()
  const pushing = gate.pushing(nodeId, options, push.work)
  await push.started
  await expect(gate.collecting(nodeId, signal, async () => 1)).rejects.toMatchObject({ code: 'node_error' })
  expect(await isCollecting()).toBe(false)
  await gate.pushing(nodeId, options, async () => {})
  push.finish()
  await pushing
})

it('breaks fetches off, and nothing else, when it has been refused for too long', async () => {
  const gate = gateWith({ breakAfterMs: 0 })
  const push = begun()
  const pushing = gate.pushing(nodeId, options, push.work)
  const network = begun()
  const fetching = gate.pushing(nodeId, { signal, hasBrought: () => true }, async (given) => {
    void network.work()
    given.throwIfAborted()
    await new Promise((_, reject) => given.addEventListener('abort', () => reject(given.reason)))
  })
  await Promise.all([push.started, network.started])
  const collecting = gate.collecting(nodeId, signal, async () => 'collected')
  await expect(fetching).rejects.toMatchObject({ code: 'node_error' })
  push.finish()
  await pushing
  expect(await collecting).toBe('collected')
})

/** What goes on until it is broken off, or `end` is called. */
const endless = (gate: NodeGate, hasBrought: boolean) => {
  const [started, end] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const done = gate.pushing(nodeId, { signal, hasBrought: () => hasBrought }, (given) => {
    given.addEventListener('abort', () => end.reject(given.reason))
    started.resolve()
    return end.promise
  })
  done.catch(() => undefined)
  return { started: started.promise, end: end.resolve, done }
}

it('breaks off soon what has brought nothing yet, and leaves what has', async () => {
  const gate = gateWith({ firstBlockMs: 200, patienceMs: 1_000 })
  const [searching, fetching] = [endless(gate, false), endless(gate, true)]
  await Promise.all([searching.started, fetching.started])
  const since = performance.now()
  const refused = gate.collecting(nodeId, signal, async () => 'collected')
  refused.catch(() => undefined)
  await expect(searching.done).rejects.toBeInstanceOf(BrokenOff)
  expect(performance.now() - since).toBeGreaterThan(150)
  await expect(refused).rejects.toMatchObject({ code: 'node_error' })
  fetching.end()
  await fetching.done
  const alone = endless(gate, false)
  await alone.started
  expect(await gate.collecting(nodeId, signal, async () => 'collected')).toBe('collected')
  await expect(alone.done).rejects.toBeInstanceOf(BrokenOff)
})

it('has other processes break off what has brought nothing as well', async () => {
  const [one, other] = [gateWith({ leaseMs: 300, firstBlockMs: 200 }), gateWith({ patienceMs: 5_000 })]
  const searching = endless(one, false)
  await searching.started
  expect(await other.collecting(nodeId, signal, async () => 'collected')).toBe('collected')
  await expect(searching.done).rejects.toBeInstanceOf(BrokenOff)
})

it('holds between processes: one of them sees the other, and what a dead one held is free when its lease is over', async () => {
  const [one, other] = [gateWith(), gateWith({ patienceMs: 1, pushWaitsMs: 1 })]
  const [push, collect] = [begun(), begun()]
  const pushing = one.pushing(nodeId, options, push.work)
  await push.started
  await expect(other.collecting(nodeId, signal, async () => 1)).rejects.toMatchObject({ code: 'node_error' })
  push.finish()
  await pushing
  await database.db.kysely
    .updateTable('node_work')
    .set({ expires_at: new Date(0) })
    .where('node_id', '=', nodeId)
    .execute()
  const collecting = one.collecting(nodeId, signal, collect.work)
  await collect.started
  await expect(other.pushing(nodeId, options, async () => 1)).rejects.toMatchObject({ code: 'node_error' })
  await expect(other.collecting(nodeId, signal, async () => 1)).rejects.toMatchObject({ code: 'node_error' })
  // As if the process had died: nobody ends its lease.
  await database.db.kysely
    .updateTable('nodes')
    .set({ gc_until: new Date(0) })
    .where('id', '=', nodeId)
    .execute()
  expect(await other.pushing(nodeId, options, async () => 1)).toBe(1)
  collect.finish()
  await collecting
})

it('never lets a push and a collection overlap, whoever begins what when', async () => {
  const step = fc.record({ process: fc.nat(1), verb: fc.constantFrom('push', 'push', 'collect') })
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 12 }), fc.scheduler(), async (steps, scheduler) => {
      const gates = [gateWith({ patienceMs: 0, pushWaitsMs: 0 }), gateWith({ patienceMs: 0, pushWaitsMs: 0 })]
      await database.db.kysely.deleteFrom('node_work').where('node_id', '=', nodeId).execute()
      const inside = { push: 0, collect: 0 }
      const enter = (verb: 'push' | 'collect') => async (): Promise<void> => {
        inside[verb]++
        expect(inside.push === 0 || inside.collect === 0, JSON.stringify(inside)).toBe(true)
        expect(inside.collect).toBeLessThan(2)
        await scheduler.schedule(Promise.resolve())
        inside[verb]--
      }
      const all = steps.map(({ process, verb }) => {
        const gate = gates[process] ?? expect.fail()
        const done =
          verb === 'push'
            ? gate.pushing(nodeId, options, enter('push'))
            : gate.collecting(nodeId, signal, enter('collect'))
        return done.catch((error: unknown) => expect(error).toMatchObject({ code: 'node_error' }))
      })
      await scheduler.waitFor(Promise.all(all))
    }),
    { numRuns: 30 },
  )
})
