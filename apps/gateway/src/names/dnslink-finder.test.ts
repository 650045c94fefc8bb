import type { TxtAnswer } from '@packages/runtime/dns/txt-look-up'
import { describe, expect, it } from 'vitest'
import { networksOf } from '../primary/network-of.ts'
import { createDnslinkFinder } from './dnslink-finder.ts'

const ONE = networksOf('192.0.2.1')

const finder = (zone: Record<string, TxtAnswer | Error>, map: Record<string, string> = {}) => {
  let ms = 0
  const asked: string[] = []
  const find = createDnslinkFinder({
    map: new Map(Object.entries(map)),
    now: () => ms,
    lookUp: async (name) => {
      asked.push(name)
      const answer = zone[name] ?? null
      if (answer instanceof Error) throw answer
      return answer
    },
  })
  return { find, asked, wait: (more: number) => (ms += more) }
}

const link = (path: string, ttl = 60): TxtAnswer => ({ texts: [`dnslink=${path}`], ttl })

describe('DNSLink', () => {
  it('stands at _dnslink, or else at the domain', async () => {
    const { find, asked } = finder({
      '_dnslink.a.example': link('/ipns/a.example'),
      'a.example': link('/ipns/old.example'),
      'b.example': link('/ipns/b.example'),
    })
    expect(await find('a.example', ONE)).toMatchObject({ path: '/ipns/a.example' })
    expect(await find('b.example', ONE)).toMatchObject({ path: '/ipns/b.example' })
    expect(asked).toEqual(['_dnslink.a.example', '_dnslink.b.example', 'b.example'])
  })

  it('of several the first in order is taken, and what is none is passed over', async () => {
    const texts = [
      'v=spf1',
      'dnslink=/ipns/z.example',
      ' dnslink=/ipns/b.example ',
      'dnslink=https://evil.example',
      'dnslink=',
    ]
    const { find } = finder({ '_dnslink.a.example': { texts, ttl: 60 } })
    expect(await find('a.example', ONE)).toMatchObject({ path: '/ipns/b.example' })
  })

  it('what leads to no CID, no key and no domain is passed over for what does', async () => {
    const cid = 'bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy'
    const bad = ['/ipfs/0', '/ipfs/bafynone', '/ipns/0', '/ipns/no..domain'].map((path) => `dnslink=${path}`)
    const { find } = finder({
      '_dnslink.a.example': { texts: [...bad, `dnslink=/ipfs/${cid}/docs`], ttl: 60 },
      '_dnslink.b.example': { texts: bad, ttl: 60 },
      'b.example': link(`/ipfs/${cid}`),
      '_dnslink.c.example': { texts: bad, ttl: 60 },
    })
    expect(await find('a.example', ONE)).toMatchObject({ path: `/ipfs/${cid}/docs` })
    expect(await find('b.example', ONE)).toMatchObject({ path: `/ipfs/${cid}` })
    expect(await find('c.example', ONE)).toBeNull()
  })

  it('what the operator has set goes before DNS, which is not asked', async () => {
    const { find, asked } = finder(
      { '_dnslink.a.example': link('/ipns/dns.example') },
      { 'a.example': '/ipns/map.example' },
    )
    expect(await find('a.example', ONE)).toEqual({ path: '/ipns/map.example', freshMs: 3_600_000 })
    expect(asked).toEqual([])
  })

  it('is kept for its time, of which what is left is told', async () => {
    const { find, asked, wait } = finder({ '_dnslink.a.example': link('/ipns/a.example', 60) })
    expect(await find('a.example', ONE)).toEqual({ path: '/ipns/a.example', ttl: 60, freshMs: 60_000 })
    wait(45_500)
    expect(await find('a.example', ONE)).toEqual({ path: '/ipns/a.example', ttl: 15, freshMs: 14_500 })
    expect(asked).toHaveLength(1)
    wait(14_500)
    await find('a.example', ONE)
    expect(asked).toHaveLength(2)
  })

  it('its time has bounds on both sides', async () => {
    const { find } = finder({
      '_dnslink.a.example': link('/ipns/a.example', 0),
      '_dnslink.b.example': link('/ipns/b.example', 10 ** 9),
    })
    expect(await find('a.example', ONE)).toMatchObject({ ttl: 1 })
    expect(await find('b.example', ONE)).toMatchObject({ ttl: 3_600 })
  })

  it('that there is none is kept too, and a failure for a short time', async () => {
    const { find, asked, wait } = finder({ '_dnslink.b.example': new Error('no answer') })
    expect(await find('a.example', ONE)).toBeNull()
    expect(await find('a.example', ONE)).toBeNull()
    expect(asked).toHaveLength(2)
    expect(await find('b.example', ONE)).toMatchObject({
      failure: 'unavailable',
      detail: expect.stringContaining('could not'),
    })
    await find('b.example', ONE)
    expect(asked).toHaveLength(3)
    wait(5_000)
    await find('b.example', ONE)
    expect(asked).toHaveLength(4)
  })

  it('a domain is looked up once at a time, and not too many of them', async () => {
    const answer = Promise.withResolvers<null>()
    let lookUps = 0
    const find = createDnslinkFinder({
      map: new Map(),
      lookUp: () => {
        lookUps++
        return answer.promise
      },
    })
    const crowd = Array.from({ length: 100 }, () => find('a.example', ONE))
    await expect.poll(() => lookUps).toBe(1)
    for (let n = 0; n < 15; n++) void find(`n${n}.example`, ONE)
    expect(await find('one-more.example', ONE)).toMatchObject({ failure: 'limited' })
    await expect.poll(() => lookUps).toBe(16)
    for (let n = 0; n < 48; n++) void find(`m${n}.example`, networksOf(`192.0.2.${10 + (n % 3)}`))
    await expect.poll(() => lookUps).toBe(64)
    expect(await find('one-more.example', networksOf('192.0.2.2'))).toMatchObject({ failure: 'unavailable' })
    answer.resolve(null)
    expect(await Promise.all(crowd)).toEqual(Array.from({ length: 100 }, () => null))
    expect(await find('one-more.example', ONE)).toBeNull()
  })
})
