import { describe, expect, it } from 'vitest'
import { TrustedProxies } from './client-address.ts'
import { originOf } from './origin-of-request.ts'

const proxies = new TrustedProxies(['10.0.0.0/8'])
const ask = (peer: string, headers: string[], url = '/', encrypted = false) =>
  originOf({ url, rawHeaders: headers, peer, encrypted }, proxies)
const FORWARDED = ['Host', 'a.example', 'X-Forwarded-Host', 'b.example', 'X-Forwarded-Proto', 'https']

describe('X-Forwarded-Host, X-Forwarded-Proto (subdomain gateway)', () => {
  it('count from a trusted proxy', () => {
    expect(ask('10.1.2.3', FORWARDED)).toEqual({ host: 'b.example', secure: true, isForwarded: true })
    expect(ask('::ffff:10.1.2.3', FORWARDED)).toEqual({ host: 'b.example', secure: true, isForwarded: true })
  })

  it('are not read from anybody else', () => {
    expect(ask('192.0.2.1', FORWARDED)).toEqual({ host: 'a.example', secure: false, isForwarded: false })
    expect(
      originOf({ url: '/', rawHeaders: FORWARDED, peer: '10.1.2.3', encrypted: false }, new TrustedProxies([])),
    ).toEqual({ host: 'a.example', secure: false, isForwarded: false })
  })

  it.each([
    ['http', true, false],
    ['HTTPS', false, true],
    ['https, http', false, true],
    ['ftp', true, true],
    ['javascript:', false, false],
  ])('proto %s on a connection with TLS %s', (proto, encrypted, secure) => {
    expect(ask('10.0.0.1', ['Host', 'a', 'X-Forwarded-Proto', proto], '/', encrypted).secure).toBe(secure)
  })

  it('the first host of a list is the one that was asked for', () => {
    expect(ask('10.0.0.1', ['Host', 'a', 'X-Forwarded-Host', 'b.example, c.example']).host).toBe('b.example')
    expect(ask('10.0.0.1', ['Host', 'a', 'X-Forwarded-Host', '']).host).toBe('a')
  })
})

describe('the host of an absolute target goes before the Host header (RFC 9112, 3.2.2)', () => {
  it.each([
    ['http://c.example/x', 'c.example'],
    ['HTTP://c.example:81', 'c.example:81'],
    ['https://c.example?q', 'c.example'],
    ['/http://c.example', 'a.example'],
  ])('%s', (url, host) => {
    expect(ask('192.0.2.1', ['Host', 'a.example'], url).host).toBe(host)
  })
})
