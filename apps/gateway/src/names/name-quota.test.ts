import { createMemoryRateLimiter } from '@packages/runtime/memory-rate-limiter'
import type { RateLimiter } from '@packages/runtime/rate-limiter'
import * as fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { networksOf } from '../primary/network-of.ts'
import { ipnsKey, makeIpnsRecord } from '../test-support/make-ipns-record.ts'
import { createDnslinkFinder } from './dnslink-finder.ts'
import type { NameQuota } from './look-up-places.ts'
import { RoutedRecords } from './routed-records.ts'

const WINDOW_MS = 60_000
const LIMITS = { client: 3, wider: 5 }
const CLIENTS = ['192.0.2.1', '2001:db8:1:1::1', '2001:db8:1:2::1', '2001:db8:1:3::1', '2001:db8:2::1']
const NAMES = Array.from({ length: 40 }, (_, at) => `n${at}.example`)
const TTL_MS = 20_000
const LINK = '/ipfs/bafkqaaa'

const quotaOf = (limits: { client: number; wider: number }): NameQuota => ({
  client: createMemoryRateLimiter({ name: 'client', limit: limits.client, windowMs: WINDOW_MS }),
  wider: createMemoryRateLimiter({ name: 'wider', limit: limits.wider, windowMs: WINDOW_MS }),
})

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** What one key has used since its window began. */
class Windows {
  readonly #begun = new Map<string, { at: number; used: number }>()

  /** @returns whether there was one left */
  use(key: string | null, limit: number, now: number): boolean {
    if (key === null) return true
    const known = this.#begun.get(key)
    const window = known === undefined || now - known.at >= WINDOW_MS ? { at: now, used: 0 } : known
    window.used++
    this.#begun.set(key, window)
    return window.used <= limit
  }
}

type Step = { wait: number } | { name: string; client: string }

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 1, arbitrary: fc.record({ wait: fc.constantFrom(1_000, 9_000, 31_000, 61_000) }) },
  { weight: 9, arbitrary: fc.record({ name: fc.constantFrom(...NAMES), client: fc.constantFrom(...CLIENTS) }) },
)

it('a model: what is asked of DNS, for whom, and who is told to wait', async () => {
  let refusals = 0
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 40, maxLength: 80 }), async (steps) => {
      const asked: string[] = []
      const find = createDnslinkFinder({
        map: new Map([['set.example', '/ipfs/set']]),
        now: () => Date.now(),
        quota: quotaOf(LIMITS),
        lookUp: async (name) => {
          asked.push(name)
          return { texts: [`dnslink=${LINK}`], ttl: TTL_MS / 1_000 }
        },
      })
      const windows = { client: new Windows(), wider: new Windows() }
      const known = new Map<string, number>()
      const expected: string[] = []
      for (const one of steps) {
        if ('wait' in one) {
          await vi.advanceTimersByTimeAsync(one.wait)
          continue
        }
        const { name } = one
        const [who, now] = [networksOf(one.client), Date.now()]
        const isKnown = (known.get(name) ?? 0) > now
        const isAllowed =
          isKnown ||
          (windows.client.use(who.client, LIMITS.client, now) && windows.wider.use(who.wider, LIMITS.wider, now))
        if (!isAllowed) refusals++
        if (isAllowed && !isKnown) {
          expected.push(`_dnslink.${name}`)
          known.set(name, now + TTL_MS)
        }
        expect(await find('set.example', who)).toMatchObject({ path: '/ipfs/set' })
        const found = await find(name, who)
        expect(found).toMatchObject(isAllowed ? { path: LINK } : { failure: 'limited' })
        if (found !== null && 'failure' in found) {
          expect(found.retryAfterMs).toBeGreaterThan(0)
          expect(found.retryAfterMs).toBeLessThanOrEqual(WINDOW_MS)
        }
        expect(asked).toEqual(expected)
      }
    }),
    { numRuns: 150 },
  )
  expect(refusals).toBeGreaterThan(100)
})

const ONE = networksOf('192.0.2.1')
const OTHER = networksOf('192.0.2.2')

/** A quota that is used up for some. It says whom it was asked for, and answers when it is told to. */
const slowQuota = () => {
  const gate = Promise.withResolvers<void>()
  const consumed: string[] = []
  const client: RateLimiter = {
    consume: async (key) => {
      consumed.push(key)
      await gate.promise
      return { allowed: key !== ONE.client && !key.startsWith('203.'), limit: 1, remaining: 0, resetMs: 42_000 }
    },
  }
  return { quota: { ...quotaOf({ client: 1_000, wider: 1_000 }), client }, consumed, open: gate.resolve }
}

describe('who has used up theirs', () => {
  it('hides no domain from somebody else who asks at the same time, and many who ask are one look-up', async () => {
    const { quota, consumed, open } = slowQuota()
    let lookUps = 0
    const lookUp = async () => {
      lookUps++
      return { texts: [`dnslink=${LINK}`], ttl: 60 }
    }
    const find = createDnslinkFinder({ map: new Map(), lookUp, quota })
    const answers = [ONE, ONE, OTHER, OTHER, OTHER, ONE].map((who) => find('a.example', who))
    open()
    const refused = { failure: 'limited', retryAfterMs: 42_000 }
    const given = { path: LINK }
    expect(await Promise.all(answers)).toMatchObject([refused, refused, given, given, given, refused])
    expect([consumed, lookUps]).toEqual([[ONE.client, OTHER.client], 1])
  })

  it('hides no record either, and holds no walk', async () => {
    const key = ipnsKey('wanted by two')
    const record = makeIpnsRecord(key, { value: '/ipfs/a' })
    const { quota, consumed, open } = slowQuota()
    const walked: string[] = []
    const dht = async (name: string) => {
      walked.push(name)
      return name === key.name ? [record] : []
    }
    const outgoing = { call: () => Promise.reject(new Error('there are no routers')) }
    const records = new RoutedRecords({ origins: [], outgoing, dht, quota })
    const answers = [ONE, OTHER, ONE].map((who) => records.find(key.name, who))
    open()
    const refused = { failure: 'limited', retryAfterMs: 42_000 }
    expect(await Promise.all(answers)).toEqual([
      expect.objectContaining(refused),
      record,
      expect.objectContaining(refused),
    ])
    expect([consumed, walked]).toEqual([[ONE.client, OTHER.client], [key.name]])
    for (let time = 0; time < 40; time++)
      expect(await records.find(ipnsKey(`none ${time}`).name, networksOf(`203.0.113.${time % 8}`))).toMatchObject(
        refused,
      )
    for (let time = 0; time < 40; time++)
      expect(await records.find(ipnsKey(`none ${time}`).name, networksOf(`198.51.100.${time}`))).toBeUndefined()
  })
})
