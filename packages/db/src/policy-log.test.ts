import { randomUUIDv7 } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { silentLogger } from '@packages/runtime/minimal-logger'
import type { LogPosition } from '@packages/shared/policy-log'
import { sql } from 'kysely'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import {
  acknowledgePolicy,
  comparePositions,
  currentPolicyPosition,
  endGatewaySession,
  type PolicyTail,
  tailPolicyLog,
  waitForGateways,
} from './policy-log.ts'
import { pruneLog } from './prune-log.ts'
import { startTestDatabase, type TestDatabase } from './test-database.ts'

let database: TestDatabase
let tail: PolicyTail | undefined
let seen: string[]
let position: LogPosition

beforeAll(async () => {
  database = await startTestDatabase()
})
afterAll(() => database.stop())
beforeEach(async () => {
  await database.clear()
  seen = []
})
afterEach(async () => {
  await tail?.stop()
  tail = undefined
})

const append = async (...userIds: string[]): Promise<LogPosition> => {
  const { policyPosition } = await database.db.unitOfWork.run(async ({ policy }) => {
    for (const userId of userIds) policy({ kind: 'user.changed', userId })
  })
  if (!policyPosition) throw new Error('no position')
  return policyPosition
}

const follow = async (options: { pollMs?: number; batchSize?: number; listen?: boolean } = {}): Promise<void> => {
  position = await currentPolicyPosition(database.db.kysely)
  const { kysely, listen } = database.db
  tail = await tailPolicyLog(
    { kysely, listen: options.listen === false ? async () => async () => {} : listen },
    {
      from: position,
      logger: silentLogger,
      ...options,
      onEntries: (entries, next) => {
        for (const entry of entries) if (entry.kind === 'user.changed') seen.push(entry.userId)
        expect(comparePositions(next, position)).toBeGreaterThan(0)
        position = next
      },
    },
  )
}

test('hands over what comes after its start, in order, woken by the commit', async () => {
  await append('before')
  await follow({ pollMs: 60_000, batchSize: 2 })
  const started = performance.now()
  await append('a', 'b', 'c')
  const last = await append('d')
  await vi.waitFor(() => expect(seen.slice(-4)).toEqual(['a', 'b', 'c', 'd']), { timeout: 5_000, interval: 5 })
  expect(performance.now() - started).toBeLessThan(2_000)
  expect(position).toEqual(last)
})

test('reads in the order of numbers, not of their digits: none is passed over where they get longer', async () => {
  await follow({ pollMs: 50, batchSize: 3 })
  await sql`alter sequence policy_log_id_seq restart with 96`.execute(database.db.kysely)
  const names = Array.from({ length: 12 }, (_, n) => `entry ${n}`)
  const last = await append(...names)
  await vi.waitFor(() => expect(position).toEqual(last), { timeout: 5_000, interval: 5 })
  expect(seen).toEqual(names)
})

test('finds entries by looking when no notification comes', async () => {
  await follow({ listen: false, pollMs: 100 })
  await append('quiet')
  await vi.waitFor(() => expect(seen).toEqual(['quiet']), { timeout: 5_000 })
})

test('loses no entry of a transaction that began early and commits late', async () => {
  await follow({ pollMs: 20 })
  const [written, go] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const late = database.db.kysely.transaction().execute(async (tx) => {
    await sql`
      insert into policy_log (kind, payload) values ('user.changed', '{"userId": "late"}')
    `.execute(tx)
    written.resolve()
    await go.promise
  })
  await written.promise
  await append('early')
  // A cursor over the serial number alone would hand over 'early' now, step over 'late', and never come back.
  await sleep(150)
  expect(seen).toEqual([])
  go.resolve()
  await late
  await vi.waitFor(() => expect(seen).toEqual(['late', 'early']), { timeout: 5_000 })
})

test('hands the same entries over again when its receiver failed', async () => {
  let tries = 0
  const from = await currentPolicyPosition(database.db.kysely)
  tail = await tailPolicyLog(database.db, {
    from,
    logger: silentLogger,
    pollMs: 20,
    onEntries: () => {
      if (++tries === 1) throw new Error('not yet')
    },
  })
  await append('x')
  await vi.waitFor(() => expect(tries).toBe(2), { timeout: 5_000 })
})

test('steps over entries of a kind that it does not know', async () => {
  await follow({ pollMs: 20 })
  await sql`insert into policy_log (kind, payload) values ('later.kind', '{}')`.execute(database.db.kysely)
  await append('known')
  await vi.waitFor(() => expect(seen).toEqual(['known']), { timeout: 5_000 })
})

test('a change waits until every live gateway has applied it', async () => {
  const { kysely } = database.db
  const [first, second] = [randomUUIDv7(), randomUUIDv7()]
  const early = await append('a')
  const late = await append('b')
  expect(await waitForGateways(kysely, late, 0)).toBe(true)
  await acknowledgePolicy(kysely, { sessionId: first, position: late })
  await acknowledgePolicy(kysely, { sessionId: second, position: early })
  expect(await waitForGateways(kysely, early, 0)).toBe(true)
  expect(await waitForGateways(kysely, late, 50)).toBe(false)
  const waiting = waitForGateways(kysely, late, 5_000)
  await acknowledgePolicy(kysely, { sessionId: second, position: late })
  expect(await waiting).toBe(true)
})

test('a gateway that fell silent or ended holds nobody up', async () => {
  const { kysely } = database.db
  const [silent, ended] = [randomUUIDv7(), randomUUIDv7()]
  const early = await currentPolicyPosition(kysely)
  const late = await append('a')
  await acknowledgePolicy(kysely, { sessionId: silent, position: early })
  await acknowledgePolicy(kysely, { sessionId: ended, position: early })
  expect(await waitForGateways(kysely, late, 0)).toBe(false)
  await kysely
    .updateTable('gateway_sessions')
    .set({ seen_at: sql`clock_timestamp() - interval '6 s'` })
    .where('id', '=', silent)
    .execute()
  await endGatewaySession(kysely, ended)
  expect(await waitForGateways(kysely, late, 0)).toBe(true)
})

test('orders places by transaction, then by entry, as numbers', () => {
  expect(comparePositions({ xid: '9', id: '5' }, { xid: '10', id: '1' })).toBeLessThan(0)
  expect(comparePositions({ xid: '10', id: '11' }, { xid: '10', id: '9' })).toBeGreaterThan(0)
  expect(comparePositions({ xid: '10', id: '1' }, { xid: '10', id: '1' })).toBe(0)
})

test('prunes old rows in slices and keeps young ones', async () => {
  const { kysely } = database.db
  await append('a', 'b', 'c')
  await kysely.updateTable('policy_log').set({ created_at: sql`now() - interval '2 h'` }).execute()
  await append('young')
  const prune = () => pruneLog(kysely, 'policy_log', { olderThanMs: 3_600_000, limit: 2 })
  expect([await prune(), await prune(), await prune()]).toEqual([2, 1, 0])
  expect(await kysely.selectFrom('policy_log').select('payload').execute()).toEqual([{ payload: { userId: 'young' } }])
})
