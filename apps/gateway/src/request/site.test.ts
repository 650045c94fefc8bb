import { describe, expect, it } from 'vitest'
import { isDomain, siteOf, Sites } from './site.ts'

const settings = { subdomainHosts: ['localhost', 'gw.example'], dnslinkHosts: ['site.example', '*.sites.example'] }
const at = (host: string | undefined) => siteOf(host, settings)

describe('Host (subdomain gateway): which gateway a host is', () => {
  it.each([
    ['localhost', 'localhost'],
    ['localhost:8080', 'localhost:8080'],
    ['GW.example', 'gw.example'],
    ['gw.example.', 'gw.example'],
  ])('%s redirects paths to its subdomains', (host, gateway) => {
    expect(at(host)).toEqual({ kind: 'gateway', host: gateway })
  })

  it.each([
    ['bafy.ipfs.localhost:8080', 'ipfs', 'bafy', 'localhost:8080'],
    ['QmAbC.IPFS.gw.example', 'ipfs', 'QmAbC', 'gw.example'],
    ['en-wikipedia--on--ipfs-org.ipns.gw.example', 'ipns', 'en-wikipedia--on--ipfs-org', 'gw.example'],
    ['en.wikipedia-on-ipfs.org.ipns.gw.example', 'ipns', 'en.wikipedia-on-ipfs.org', 'gw.example'],
    ['x.ipfs.y.ipns.gw.example', 'ipns', 'x.ipfs.y', 'gw.example'],
  ])('%s is content', (host, namespace, label, gateway) => {
    expect(at(host)).toMatchObject({ kind: 'content', namespace, label, gateway })
  })

  it.each([
    ['acme.gw.example:8080', 'acme'],
    ['ACME-files.localhost.', 'acme-files'],
    ['a0c.GW.example', 'a0c'],
  ])('%s may be a gateway of an organization', (host, name) => {
    expect(at(host)).toMatchObject({ kind: 'organization', name })
  })

  it.each([
    ['ab.gw.example'],
    ['-acme.gw.example'],
    ['a.cme.gw.example'],
    ['ac_me.gw.example'],
    ['acme.gw.example.evil'],
  ])('%s is none', (host) => {
    expect(at(host)).toEqual({ kind: 'path' })
  })

  it.each([
    ['site.example', 'site.example'],
    ['a.sites.example:1', 'a.sites.example'],
  ])('%s serves its DNSLink', (host, name) => {
    expect(at(host)).toMatchObject({ kind: 'dnslink', name })
  })

  it.each([
    [undefined],
    [''],
    ['127.0.0.1'],
    ['127.0.0.1:8080'],
    ['[::1]:8080'],
    ['bafy.ipfs.127.0.0.1'],
    ['elsewhere.example'],
    ['evil-gw.example'],
    ['x.gw.example'],
    ['ipfs.gw.example'],
    ['.ipfs.gw.example'],
    ['sites.example'],
    ['gw.example:99999999'],
    ['gw.example/..'],
    ['gw.example@evil.example'],
    ['a b.ipfs.gw.example'],
    ['gw.example:80:80'],
    [`${'a.'.repeat(300)}gw.example`],
  ])('%s is a path gateway: it never redirects', (host) => {
    expect(at(host)).toEqual({ kind: 'path' })
  })

  it('an address is none even where every domain is', () => {
    expect(siteOf('127.0.0.1', { subdomainHosts: [], dnslinkHosts: ['*'] })).toEqual({ kind: 'path' })
    expect(siteOf('a.example', { subdomainHosts: [], dnslinkHosts: ['*'] }).kind).toBe('dnslink')
    expect(siteOf('single', { subdomainHosts: [], dnslinkHosts: ['*'] }).kind).toBe('path')
  })

  it('invented hosts do not fill memory', () => {
    const sites = new Sites(settings, 10)
    for (let n = 0; n < 1_000; n++) expect(sites.of(`h${n}.example`).kind).toBe('path')
    expect(sites.of('localhost')).toEqual({ kind: 'gateway', host: 'localhost' })
    expect(sites.of('localhost')).toBe(sites.of('localhost'))
  })

  it.each(['a.b', 'xn--bcher-kva.example', '_dnslink.a.example', `${'a'.repeat(63)}.example`])(
    '%s is a domain',
    (name) => {
      expect(isDomain(name)).toBe(true)
    },
  )
  it.each(['a', 'a..b', '-a.b', 'a.b-', 'A.b', 'a.b.', `${'a'.repeat(64)}.example`, '1.2.3.4', 'a/b.c', ''])(
    '%s is none',
    (name) => {
      expect(isDomain(name)).toBe(false)
    },
  )
})
