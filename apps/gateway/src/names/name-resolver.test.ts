import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseContentPath } from './content-path.ts'
import { MAX_DEPTH, type Pointer, resolveName } from './name-resolver.ts'

const KEY = 'k51qzi5uqu5dk3v4rmjber23h16xnr23bsggmqqil9z2gduiis5se8dht36dam'
const PEER = '12D3KooWLQzUv2FHWGVPXTXSZpdHs7oHbXub2G5WC8Tx4NQhyd2d'

const world = (pointers: Record<string, string | Partial<Pointer>>) => {
  const asked: string[] = []
  const find = async (name: string) => {
    asked.push(name)
    const pointer = pointers[name]
    if (pointer === undefined) return null
    return typeof pointer === 'string' ? { path: pointer, freshMs: 1_000 } : { path: '', freshMs: 1_000, ...pointer }
  }
  return { asked, findRecord: find, findDnslink: find }
}

describe('DNSLink gateway, "Host": RECURSIVELY resolve into an immutable prefix', () => {
  it('the example of the specification: each path segment is preserved', async () => {
    const names = world({ 'a.example.com': '/ipns/b.example.net/path-b', 'b.example.net': '/ipfs/bafy/path-c' })
    expect(await resolveName('a.example.com', names)).toEqual({
      path: ['ipfs', 'bafy', 'path-c', 'path-b'],
      names: ['a.example.com', 'b.example.net'],
      behind: [[], ['path-b']],
      freshMs: 1_000,
    })
  })

  it('an IPNS name is found by its canonical form, however it is written', async () => {
    const names = world({ 'a.example.com': `/ipns/${PEER}/x`, [KEY]: '/ipfs/bafy' })
    expect(await resolveName('a.example.com', names)).toMatchObject({ path: ['ipfs', 'bafy', 'x'] })
    expect(names.asked).toEqual(['a.example.com', KEY])
  })

  it('the shortest time on the way counts', async () => {
    const names = world({
      'a.example.com': { path: '/ipns/b.example.com', ttl: 60, freshMs: 60_000 },
      'b.example.com': { path: '/ipns/c.example.com', ttl: 5, freshMs: 5_000 },
      'c.example.com': { path: '/ipfs/bafy', freshMs: 90_000 },
    })
    expect(await resolveName('a.example.com', names)).toMatchObject({ ttl: 5, freshMs: 5_000 })
  })

  it(`ends after ${MAX_DEPTH} steps, in a circle too`, async () => {
    const circle = world({ 'a.example.com': '/ipns/b.example.com/x', 'b.example.com': '/ipns/a.example.com' })
    expect(await resolveName('a.example.com', circle)).toMatchObject({ failure: 'too-deep' })
    expect(circle.asked).toHaveLength(MAX_DEPTH)
    const chain = (length: number) =>
      world(
        Object.fromEntries(
          Array.from({ length }, (_, n) => [
            `n${n}.example.com`,
            n === length - 1 ? '/ipfs/bafy' : `/ipns/n${n + 1}.example.com`,
          ]),
        ),
      )
    expect(await resolveName('n0.example.com', chain(MAX_DEPTH))).toMatchObject({ path: ['ipfs', 'bafy'] })
    expect(await resolveName('n0.example.com', chain(MAX_DEPTH + 1))).toMatchObject({ failure: 'too-deep' })
  })

  it.each([
    ['nothing', {}],
    ['a path that is none', { 'a.example.com': 'https://evil.example/' }],
    ['another namespace', { 'a.example.com': '/ipld/bafy' }],
    ['dots to climb by', { 'a.example.com': '/ipfs/bafy/../x' }],
    ['an address', { 'a.example.com': '/ipns/127.0.0.1' }],
    ['a single label', { 'a.example.com': '/ipns/localhost' }],
  ])('%s does not resolve', async (_, pointers: Record<string, string>) => {
    expect(await resolveName('a.example.com', world(pointers))).toMatchObject({ failure: 'unresolved' })
  })

  it('what cannot be told now is not the same as what is not there', async () => {
    const later = { failure: 'unavailable', detail: 'later' } as const
    expect(await resolveName('a.example.com', { ...world({}), findDnslink: async () => later })).toEqual(later)
  })
})

describe('content paths', () => {
  it('are read in their parts, whatever the segments', () => {
    const segment = fc
      .string({ unit: 'grapheme', minLength: 1 })
      .filter((text) => /^[^/\p{Cc}]+$/u.test(text) && !/^\.\.?$/.test(text))
    fc.assert(
      fc.property(
        fc.constantFrom('ipfs', 'ipns'),
        segment,
        fc.array(segment, { maxLength: 8 }),
        (namespace, root, rest) => {
          expect(parseContentPath(`/${[namespace, root, ...rest].join('/')}`)).toEqual({ namespace, root, rest })
        },
      ),
    )
  })
  it.each([
    '',
    '/',
    '/ipfs',
    '/ipfs/',
    'ipfs/x',
    '/ipfs//x',
    '/ipfs/a/./b',
    '/ipfs/a\u0000',
    `/ipfs/a${'/b'.repeat(65)}`,
  ])('%j is none', (text) => {
    expect(parseContentPath(text)).toBeUndefined()
  })
  it('a closing slash adds nothing', () => {
    expect(parseContentPath('/ipfs/a/b/')).toEqual({ namespace: 'ipfs', root: 'a', rest: ['b'] })
  })
})
