import type { OpenGateway } from '@packages/shared/open-gateway'
import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { GateTotals, GateUsage, minuteOf } from './gate-usage.ts'

const gateway = (limits: Partial<OpenGateway>): OpenGateway => ({
  id: 'g',
  tokenRequired: false,
  tokens: [],
  domains: [],
  addresses: [],
  hosts: [],
  referrers: [],
  requestsPerMinute: null,
  bytesPerMinute: null,
  indexPath: null,
  notFoundPath: null,
  ...limits,
})

const takes = (usage: GateUsage, limits: Partial<OpenGateway>, now: number): boolean => {
  try {
    usage.take(gateway(limits), now)
    return true
  } catch (error) {
    expect(error).toMatchObject({ code: 'rate_limited' })
    return false
  }
}

it('a limit ends with its minute, and says when', () => {
  const usage = new GateUsage()
  const limits = { requestsPerMinute: 2 }
  expect([1, 2, 3].map(() => takes(usage, limits, 59_000))).toEqual([true, true, false])
  expect(() => usage.take(gateway(limits), 59_000)).toThrow(
    expect.objectContaining({ headers: { 'Retry-After': '1' } }),
  )
  expect(takes(usage, limits, 60_000)).toBe(true)
})

it('bytes count while they are sent, and to the end of their answer', () => {
  const usage = new GateUsage()
  const limits = { bytesPerMinute: 100 }
  const now = 10
  const connection = { bytesWritten: 7 }
  expect(takes(usage, limits, now)).toBe(true)
  const ended = usage.follow(gateway(limits), connection)
  connection.bytesWritten += 99
  expect(usage.report(now)).toEqual([['g', 1, 99]])
  expect(takes(usage, limits, now)).toBe(true)
  connection.bytesWritten += 1
  ended(now)
  expect(takes(usage, limits, now)).toBe(false)
  connection.bytesWritten += 1_000
  expect(usage.report(now)).toEqual([['g', 2, 100]])
})

it('bytes of an answer that has gone out at once count as those of one that was followed', () => {
  const usage = new GateUsage()
  const limits = { bytesPerMinute: 100 }
  const connection = { bytesWritten: 7 }
  expect(takes(usage, limits, 10)).toBe(true)
  connection.bytesWritten += 100
  usage.sent(gateway(limits), connection, 7, 10)
  expect(usage.report(10)).toEqual([['g', 1, 100]])
  expect(takes(usage, limits, 10)).toBe(false)
  // Of one that is followed from a later moment on, what has gone out before counts too.
  const late = new GateUsage()
  const ended = late.follow(gateway(limits), connection, 7)
  ended(10)
  expect(late.report(10)).toEqual([['g', 0, 100]])
})

it('what has no limit is not counted', () => {
  const usage = new GateUsage()
  usage.take(gateway({}), 0)
  usage.sent(gateway({}), { bytesWritten: 9 }, 0, 0)
  expect(usage.report(0)).toEqual([])
})

/** Steps of some workers; each report reaches the primary at once, its answer later or never. */
it('however workers share a minute, none is counted twice and none is lost', () => {
  const step = fc.record({
    worker: fc.nat(2),
    do: fc.constantFrom('take' as const, 'take' as const, 'report' as const),
    answered: fc.boolean(),
  })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), fc.integer({ min: 1, max: 20 }), (steps, limit) => {
      const workers = [new GateUsage(), new GateUsage(), new GateUsage()]
      const totals = new GateTotals()
      let taken = 0
      let reported = 0
      const sync = (worker: GateUsage): void => {
        const counts = worker.report(0)
        const answer = totals.add(minuteOf(0), counts)
        reported += counts[0]?.[1] ?? 0
        if (counts.length > 0) expect(answer[0]?.[1]).toBe(reported)
        worker.hear(minuteOf(0), counts, answer)
      }
      for (const one of steps) {
        const worker = workers[one.worker] as GateUsage
        if (one.do === 'take') taken += takes(worker, { requestsPerMinute: limit }, 0) ? 1 : 0
        else sync(worker)
      }
      for (const worker of workers) sync(worker)
      expect(reported).toBe(taken)
      // Each worker alone keeps to the limit, and once all have been told of each other's nobody goes on above it.
      expect(taken).toBeLessThanOrEqual(limit * workers.length)
      for (const worker of workers) sync(worker)
      takes(workers[0] as GateUsage, { requestsPerMinute: limit }, 0)
      sync(workers[0] as GateUsage)
      if (taken >= limit) expect(takes(workers[0] as GateUsage, { requestsPerMinute: limit }, 0)).toBe(false)
    }),
    { seed: 7, numRuns: 200 },
  )
})
