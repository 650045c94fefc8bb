import { silentLogger } from '@packages/runtime/minimal-logger'
import { startTestDatabase, type TestDatabase } from '@packages/db/test-database'
import { seedOrganization } from '@packages/db/test-database/seed'
import * as fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { UsageMeter } from './usage-meter.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await startTestDatabase({ poolSize: 4 })
})
afterAll(() => database.stop())

const NOW = Date.UTC(2031, 0, 10)
const LIMIT = 9

/** Of one process; `flush` runs beside what comes after it. */
const step = fc.record({
  meter: fc.nat(1),
  organization: fc.nat(1),
  act: fc.constantFrom('ask', 'ask', 'ask', 'send', 'flush', 'flush and wait', 'plan changed'),
})

it('writes exactly what it let through, whatever comes together', async () => {
  await database.db.pool.query(`insert into plans (name, requests_per_month) values ('nine', ${LIMIT})`)
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 30, maxLength: 60 }), fc.boolean(), async (steps, alone) => {
      const owners = [await seedOrganization(database.db), await seedOrganization(database.db)]
      const ids = owners.map(({ organizationId }) => organizationId)
      await database.db.pool.query(`update organizations set plan = 'nine' where id = any($1::uuid[])`, [ids])
      const make = () => new UsageMeter({ kysely: database.db.kysely, logger: silentLogger, now: () => NOW })
      const meters = [make(), make()]
      const counted = ids.map(() => ({ requests: 0, bytes: 0 }))
      const running: Promise<unknown>[] = []
      for (const { meter: index, organization, act } of steps) {
        const meter = meters[alone ? 0 : index] as UsageMeter
        const [id, own] = [ids[organization] as string, counted[organization] as { requests: number; bytes: number }]
        if (act === 'ask')
          running.push(
            meter
              .admit(id, { download: false })
              .then(() => own.requests++)
              .catch(() => {}),
          )
        else if (act === 'send') {
          meter.sent(id, 10)
          own.bytes += 10
        } else if (act === 'plan changed') meter.planChanged(id)
        else if (act === 'flush') void meter.flush()
        else await meter.flush()
      }
      await Promise.all(running)
      for (const meter of meters) await meter.stop()
      for (const [index, id] of ids.entries()) {
        const { rows } = await database.db.pool.query(
          'select requests, bandwidth_bytes as bytes from usage_months where organization_id = $1',
          [id],
        )
        const expected = counted[index] as { requests: number; bytes: number }
        expect(rows[0] ?? { requests: 0, bytes: 0 }).toEqual(expected)
        expect(expected.requests).toBeLessThanOrEqual(alone ? LIMIT : 2 * LIMIT)
      }
    }),
    { numRuns: 60 },
  )
})
