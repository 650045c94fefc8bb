import { silentLogger } from '@packages/runtime/minimal-logger'
import { startTestDatabase, type TestDatabase } from '@packages/db/test-database'
import { seedOrganization } from '@packages/db/test-database/seed'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { monthOf } from './month-repository.ts'
import { UsageMeter } from './usage-meter.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await startTestDatabase()
})
afterAll(() => database.stop())

const MAY = Date.UTC(2030, 4, 31, 23, 59, 50)
const PLAIN = { download: false }

let plans = 0
const onPlan = async (limits: { requests?: number; bandwidth?: number }): Promise<string> => {
  const { organizationId } = await seedOrganization(database.db)
  const name = `metered-${++plans}`
  await database.db.pool.query(
    'insert into plans (name, requests_per_month, bandwidth_bytes_per_month) values ($1, $2, $3)',
    [name, limits.requests ?? null, limits.bandwidth ?? null],
  )
  await database.db.pool.query('update organizations set plan = $2 where id = $1', [organizationId, name])
  return organizationId
}

const meterAt = (clock: { now: number }): UsageMeter =>
  new UsageMeter({ kysely: database.db.kysely, logger: silentLogger, now: () => clock.now })

const written = async (organizationId: string) => {
  const { rows } = await database.db.pool.query(
    'select month::text, requests, bandwidth_bytes as bytes from usage_months where organization_id = $1 order by month',
    [organizationId],
  )
  return rows
}

it('lets exactly the month’s requests through, also when they come at once and are written in between', async () => {
  const meter = meterAt({ now: MAY })
  const organizationId = await onPlan({ requests: 10 })
  const ask = () =>
    meter.admit(organizationId, PLAIN).then(
      () => 'in',
      (error: { code: string }) => error.code,
    )
  const answers = await Promise.all(Array.from({ length: 7 }, ask))
  const [, ...more] = await Promise.all([meter.flush(), ...Array.from({ length: 20 }, ask)])
  expect([...answers, ...more].filter((answer) => answer === 'in')).toHaveLength(10)
  expect(await ask()).toBe('rate_limited')
  await meter.flush()
  expect(await written(organizationId)).toEqual([{ month: '2030-05-01', requests: 10, bytes: 0 }])
})

it('does not believe a look that is older than what was written meanwhile', async () => {
  let answered: Promise<void> | undefined
  const kysely = database.db.kysely.withPlugin({
    transformQuery: ({ node }) => node,
    transformResult: async ({ result }) => {
      const held = answered
      answered = undefined
      await held
      return result
    },
  })
  const meter = new UsageMeter({ kysely, logger: silentLogger, now: () => MAY })
  const organizationId = await onPlan({ requests: 10 })
  const ask = () =>
    meter.admit(organizationId, PLAIN).then(
      () => 'in',
      (error: { code: string }) => error.code,
    )
  const before = await Promise.all(Array.from({ length: 7 }, ask))
  const { promise, resolve } = Promise.withResolvers<void>()
  answered = promise
  meter.planChanged(organizationId)
  const early = ask()
  await expect.poll(() => answered === undefined).toBe(true)
  await meter.flush()
  meter.planChanged(organizationId)
  resolve()
  const answers = [...before, await early, ...(await Promise.all(Array.from({ length: 7 }, ask)))]
  expect(answers.filter((answer) => answer === 'in')).toHaveLength(10)
})

it('tells when the next month begins, and counts it anew', async () => {
  const clock = { now: MAY }
  const meter = meterAt(clock)
  const organizationId = await onPlan({ requests: 1 })
  await meter.admit(organizationId, PLAIN)
  await meter.flush()
  await expect(meter.admit(organizationId, PLAIN)).rejects.toMatchObject({
    code: 'rate_limited',
    headers: { 'retry-after': '10', ratelimit: '"month";r=0;t=10', 'ratelimit-policy': '"month";q=1;w=2592000' },
  })
  clock.now += 10_000
  await meter.admit(organizationId, PLAIN)
  await meter.stop()
  expect(await written(organizationId)).toEqual([
    { month: '2030-05-01', requests: 1, bytes: 0 },
    { month: '2030-06-01', requests: 1, bytes: 0 },
  ])
})

it('stops downloads alone when the bandwidth is used up', async () => {
  const meter = meterAt({ now: MAY })
  const organizationId = await onPlan({ bandwidth: 1_000 })
  await meter.admit(organizationId, { download: true })
  meter.sent(organizationId, 1_000)
  await expect(meter.admit(organizationId, { download: true })).rejects.toMatchObject({ code: 'rate_limited' })
  await meter.admit(organizationId, PLAIN)
  await meter.flush()
  await expect(meter.admit(organizationId, { download: true })).rejects.toMatchObject({ code: 'rate_limited' })
})

it('sees what other processes have counted, and a new plan within seconds', async () => {
  const clock = { now: MAY }
  const [one, other] = [meterAt(clock), meterAt(clock)]
  const organizationId = await onPlan({ requests: 4 })
  for (const meter of [one, other]) await meter.admit(organizationId, PLAIN)
  for (const meter of [one, other, one]) {
    await meter.flush()
    await meter.admit(organizationId, PLAIN).catch(() => {})
  }
  await one.flush()
  await other.flush()
  await expect(one.admit(organizationId, PLAIN)).rejects.toMatchObject({ code: 'rate_limited' })
  await database.db.pool.query(`update organizations set plan = 'unlimited' where id = $1`, [organizationId])
  clock.now += 5_001
  await one.admit(organizationId, PLAIN)
})

it('keeps its counts when they cannot be written', async () => {
  const organizationId = await onPlan({})
  const meter = meterAt({ now: MAY })
  await meter.admit(organizationId, PLAIN)
  meter.sent(organizationId, 7)
  await database.db.pool.query('alter table usage_months rename to usage_months_away')
  await meter.flush()
  await database.db.pool.query('alter table usage_months_away rename to usage_months')
  expect(meter.pending(organizationId)).toEqual({ requests: 1, bytes: 7 })
  await meter.flush()
  expect(meter.pending(organizationId)).toEqual({ requests: 0, bytes: 0 })
  expect(await written(organizationId)).toEqual([{ month: '2030-05-01', requests: 1, bytes: 7 }])
})

it.each([
  ['2024-02-29T23:59:59.999Z', '2024-02-01', '2024-03-01'],
  ['2024-12-31T00:00:00Z', '2024-12-01', '2025-01-01'],
])('the month of %s is UTC’s', (time, first, next) => {
  const month = monthOf(Date.parse(time))
  expect([month.first, new Date(month.ends).toISOString().slice(0, 10)]).toEqual([first, next])
})
