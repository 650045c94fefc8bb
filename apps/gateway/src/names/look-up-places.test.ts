import { createMemoryRateLimiter } from '@packages/runtime/memory-rate-limiter'
import type { RateLimiter } from '@packages/runtime/rate-limiter'
import { describe, expect, it } from 'vitest'
import { networksOf } from '../primary/network-of.ts'
import { LookUpPlaces, type NameQuota, OURSELVES } from './look-up-places.ts'

const ONE = networksOf('192.0.2.1')

const quotaOf = (client: number, wider = client * 4): NameQuota => ({
  client: createMemoryRateLimiter({ name: 'client', limit: client, windowMs: 60_000 }),
  wider: createMemoryRateLimiter({ name: 'wider', limit: wider, windowMs: 60_000 }),
})

/** Takes a place and gives it back at once. */
const use = async (places: LookUpPlaces, who = ONE): Promise<string> => {
  const place = await places.take(who)
  if ('failure' in place) return place.failure
  place.release()
  return 'taken'
}

const uses = async (places: LookUpPlaces, times: number, who = ONE): Promise<Record<string, number>> => {
  const given: Record<string, number> = {}
  for (let time = 0; time < times; time++) {
    const result = await use(places, who)
    given[result] = (given[result] ?? 0) + 1
  }
  return given
}

describe('look-ups within a window', () => {
  it('are so many of one client, one after the other, and the refusal says how long to wait', async () => {
    const places = new LookUpPlaces(quotaOf(20))
    expect(await uses(places, 25)).toEqual({ taken: 20, limited: 5 })
    const refused = await places.take(ONE)
    expect(refused).toMatchObject({ failure: 'limited', detail: 'Too many names have been looked up for you.' })
    expect((refused as { retryAfterMs: number }).retryAfterMs).toBeGreaterThan(50_000)
    expect(await use(places, networksOf('192.0.2.2'))).toBe('taken')
  })

  it('are counted for an IPv6 /64, and for all of a /48', async () => {
    const places = new LookUpPlaces(quotaOf(10, 15))
    expect(await uses(places, 11, networksOf('2001:db8:1:1::1'))).toEqual({ taken: 10, limited: 1 })
    expect(await use(places, networksOf('2001:db8:1:1::2'))).toBe('limited')
    expect(await uses(places, 10, networksOf('2001:db8:1:2::1'))).toEqual({ taken: 5, limited: 5 })
    expect(await use(places, networksOf('2001:db8:2::1'))).toBe('taken')
  })

  it('that are refused use nothing of the others of a network', async () => {
    const places = new LookUpPlaces(quotaOf(2, 5))
    expect(await uses(places, 50, networksOf('2001:db8:1:1::1'))).toEqual({ taken: 2, limited: 48 })
    expect(await uses(places, 3, networksOf('2001:db8:1:2::1'))).toEqual({ taken: 2, limited: 1 })
  })

  it('that are refused take no place', async () => {
    const places = new LookUpPlaces(quotaOf(1))
    expect(await uses(places, 200)).toEqual({ taken: 1, limited: 199 })
    for (let more = 0; more < 4; more++)
      expect(await uses(places, 20, networksOf(`192.0.2.${more}0`))).toMatchObject({ taken: 1 })
    const taken = await Promise.all(Array.from({ length: 64 }, (_, at) => places.take(networksOf(`198.51.100.${at}`))))
    expect(taken.filter((place) => 'failure' in place)).toEqual([])
  })

  it('that find no place among those at once use no quota', async () => {
    const places = new LookUpPlaces(quotaOf(40))
    const first = await Promise.all(Array.from({ length: 200 }, () => places.take(ONE)))
    const taken = first.flatMap((place) => ('failure' in place ? [] : [place]))
    expect(taken).toHaveLength(16)
    for (const place of taken) place.release()
    expect(await uses(places, 30)).toEqual({ taken: 24, limited: 6 })
  })

  it('that cannot be counted are none, and take no place', async () => {
    const broken: RateLimiter = { consume: () => Promise.reject(new Error('no')) }
    const places = new LookUpPlaces({ ...quotaOf(100), client: broken })
    for (let time = 0; time < 100; time++) await expect(places.take(ONE)).rejects.toThrow('no')
  })

  it('for names that are kept here are not counted, and have places as one client', async () => {
    const places = new LookUpPlaces(quotaOf(1))
    expect(await uses(places, 50, OURSELVES)).toEqual({ taken: 50 })
    const all = await Promise.all(Array.from({ length: 20 }, () => places.take(OURSELVES)))
    expect(all.filter((place) => 'failure' in place)).toHaveLength(4)
  })
})
