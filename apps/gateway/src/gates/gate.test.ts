import { hashGatewayToken, makeGatewayToken } from '@packages/db/gateway-token'
import type { OpenGateway } from '@packages/shared/open-gateway'
import { describe, expect, it } from 'vitest'
import { TrustedProxies } from '../request/client-address.ts'
import { Gate, type Visitor } from './gate.ts'
import { readVisitor, withoutToken } from './read-visitor.ts'

const { token, tokenHash } = makeGatewayToken()
const OPEN: OpenGateway = {
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
}
const WHO: Visitor = { address: '192.0.2.1', host: 'acme.gw.example', referrer: null, token: null }
const codeOf = (settings: Partial<OpenGateway>, visitor: Partial<Visitor>): string => {
  try {
    new Gate({ ...OPEN, ...settings }).check({ ...WHO, ...visitor })
    return 'in'
  } catch (error) {
    return (error as { code: string }).code
  }
}
const TOKENS = { tokenRequired: true, tokens: [tokenHash.toString('hex')] }

it('the stored hash is the one that is compared', () => {
  expect(tokenHash.toString('hex')).toBe(hashGatewayToken(token))
  expect(makeGatewayToken().token).not.toBe(token)
})

describe('a gateway lets in', () => {
  it.each<[string, Partial<OpenGateway>, Partial<Visitor>, string]>([
    ['anybody, with no rules', {}, {}, 'in'],
    ['who shows a token', TOKENS, { token: hashGatewayToken(token) }, 'in'],
    ['nobody without one', TOKENS, {}, 'invalid_token'],
    ['nobody with another one', TOKENS, { token: hashGatewayToken(`${token}0`) }, 'invalid_token'],
    ['nobody with the hash itself', TOKENS, { token: hashGatewayToken(tokenHash.toString('hex')) }, 'invalid_token'],
    ['nobody while it has no tokens', { tokenRequired: true }, { token: hashGatewayToken('') }, 'invalid_token'],
    ['an address of a block', { addresses: ['192.0.2.0/24'] }, {}, 'in'],
    ['no other address', { addresses: ['192.0.2.0/24'] }, { address: '192.0.3.1' }, 'forbidden'],
    ['IPv6 by its block', { addresses: ['2001:db8::/32'] }, { address: '2001:db8:1::1' }, 'in'],
    ['no IPv4 by an IPv6 block', { addresses: ['::/0'] }, {}, 'forbidden'],
    ['a mapped address', { addresses: ['192.0.2.0/24'] }, { address: '::ffff:192.0.2.9' }, 'in'],
    ['an address of a mapped block', { addresses: ['::ffff:192.0.2.0/120'] }, {}, 'in'],
    ['no address that is none', { addresses: ['0.0.0.0/0'] }, { address: '' }, 'forbidden'],
    ['a host of its list', { hosts: ['acme.gw.example'] }, {}, 'in'],
    ['no other host', { hosts: ['acme.gw.example'] }, { host: 'acme.gw.example.evil' }, 'forbidden'],
    ['a page of its list', { referrers: ['example.org'] }, { referrer: 'example.org' }, 'in'],
    ['a page below one', { referrers: ['*.example.org'] }, { referrer: 'a.b.example.org' }, 'in'],
    ['not the host itself by its wildcard', { referrers: ['*.example.org'] }, { referrer: 'example.org' }, 'forbidden'],
    ['no page that only ends so', { referrers: ['*.example.org'] }, { referrer: 'evilexample.org' }, 'forbidden'],
    ['nobody without a page', { referrers: ['example.org'] }, {}, 'forbidden'],
    [
      'nobody with a token from elsewhere',
      { ...TOKENS, addresses: ['198.51.100.7'] },
      { token: hashGatewayToken(token) },
      'forbidden',
    ],
    [
      'nobody with a token on another page',
      { ...TOKENS, referrers: ['example.org'] },
      { token: hashGatewayToken(token), referrer: 'evil.example' },
      'forbidden',
    ],
  ])('%s', (_, settings, visitor, code) => {
    expect(codeOf(settings, visitor)).toBe(code)
  })
})

describe('a token in an address', () => {
  it.each([
    ['/ipfs/x?token=T', '/ipfs/x', 'T'],
    ['/ipfs/x?token=T&format=raw', '/ipfs/x?format=raw', 'T'],
    ['/ipfs/x?format=raw&token=T', '/ipfs/x?format=raw', 'T'],
    ['/ipfs/x?token=T&token=U', '/ipfs/x', 'T'],
    ['/ipfs/x?token', '/ipfs/x', ''],
    ['/ipfs/x?a=1&token=T&b=2', '/ipfs/x?a=1&b=2', 'T'],
    ['http://acme.gw.example/ipfs/x?token=T', 'http://acme.gw.example/ipfs/x', 'T'],
    ['/ipfs/x?mytoken=T', '/ipfs/x?mytoken=T', undefined],
    ['/ipfs/x?filename=token=T', '/ipfs/x?filename=token=T', undefined],
    ['/ipfs/token=T', '/ipfs/token=T', undefined],
    ['/ipfs/x', '/ipfs/x', undefined],
  ])('is taken out of %s', (url, rest, found) => {
    expect(withoutToken(url)).toEqual({ url: rest, token: found })
  })
})

/** All by one connection, as behind a proxy. */
const socket = { remoteAddress: '10.0.0.1' }
const from = (rawHeaders: string[], inAddress?: string, proxies: string[] = []) =>
  readVisitor({ rawHeaders, socket, host: 'acme.gw.example:8080' }, inAddress, new TrustedProxies(proxies))

describe('what a request shows', () => {
  it.each<[string, string[], string | undefined, Partial<Visitor>]>([
    ['a header of its own', ['Holdfast-Gateway-Token', 'T'], undefined, { token: hashGatewayToken('T') }],
    ['a Bearer credential', ['authorization', 'bearer T'], undefined, { token: hashGatewayToken('T') }],
    ['a header before the address', ['Authorization', 'Bearer T'], 'U', { token: hashGatewayToken('T') }],
    ['the address', [], 'U', { token: hashGatewayToken('U') }],
    ['an empty one', [], '', { token: null }],
    ['one that is too long', [], 'x'.repeat(513), { token: null }],
    ['no cookie', ['Cookie', 'token=T'], undefined, { token: null }],
    ['no basic credential', ['Authorization', 'Basic T'], undefined, { token: null }],
    ['its page', ['Referer', 'https://Example.org:8443/a?b'], undefined, { referrer: 'example.org' }],
    ['no page that is none', ['Referer', 'example.org'], undefined, { referrer: null }],
    [
      'a user before the host is no host',
      ['Referer', 'https://example.org@evil.example/'],
      undefined,
      { referrer: 'evil.example' },
    ],
    ['a forged address', ['X-Forwarded-For', '192.0.2.1'], undefined, { address: '10.0.0.1' }],
    ['the host without its port', [], undefined, { host: 'acme.gw.example' }],
  ])('%s', (_, rawHeaders, inAddress, expected) => {
    expect(from(rawHeaders, inAddress)).toMatchObject(expected)
  })

  it('the address that a trusted proxy vouches for', () => {
    expect(from(['X-Forwarded-For', '6.6.6.6, 192.0.2.1'], undefined, ['10.0.0.1']).address).toBe('192.0.2.1')
  })

  it('is read once while a connection shows the same, and anew for anything else that it shows', () => {
    const [host, proxies] = ['acme.gw.example', new TrustedProxies(['10.0.0.1'])]
    const connection = { remoteAddress: '10.0.0.1' }
    const shows = (headers: Record<string, string>, inAddress?: string, at = host): Visitor =>
      readVisitor({ rawHeaders: Object.entries(headers).flat(), socket: connection, host: at }, inAddress, proxies)
    const first = shows({ 'Holdfast-Gateway-Token': 'T' })
    expect(shows({ 'holdfast-gateway-token': 'T' })).toBe(first)
    expect(shows({}, 'T')).toBe(first)
    expect(shows({})).toEqual({ ...first, token: null })
    expect(shows({ Authorization: 'Bearer U' })).toEqual({ ...first, token: hashGatewayToken('U') })
    expect(shows({}, 'T')).toEqual(first)
    expect(shows({}, 'T', 'other.gw.example')).toEqual({ ...first, host: 'other.gw.example' })
    expect(shows({ Referer: 'https://example.org/' }, 'T')).toEqual({ ...first, referrer: 'example.org' })
    const through = { 'X-Forwarded-For': '192.0.2.1' }
    expect(shows(through, 'T')).toEqual({ ...first, address: '192.0.2.1' })
    expect(shows({ 'X-Forwarded-For': '192.0.2.2' }, 'T')).toEqual({ ...first, address: '192.0.2.2' })
    const believed = readVisitor({ rawHeaders: Object.entries(through).flat(), socket: connection, host }, 'T', proxies)
    const untold = new TrustedProxies([])
    expect(believed.address).toBe('192.0.2.1')
    expect(
      readVisitor({ rawHeaders: Object.entries(through).flat(), socket: connection, host }, 'T', untold).address,
    ).toBe('10.0.0.1')
  })
})
