import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { domainNameOf, domainOfHost, isBelow } from './domain-name.ts'

describe('a domain has one spelling', () => {
  it.each([
    ['files.example.org', 'files.example.org'],
    ['FILES.Example.ORG', 'files.example.org'],
    ['files.example.org.', 'files.example.org'],
    ['Bücher.example', 'xn--bcher-kva.example'],
    ['BÜCHER.example', 'xn--bcher-kva.example'],
    ['xn--bcher-kva.example', 'xn--bcher-kva.example'],
    ['straße.example', 'xn--strae-oqa.example'],
    ['例え。テスト', 'xn--r8jz45g.xn--zckzah'],
    ['ｆｉｌｅｓ.example', 'files.example'],
  ])('%s is %s', (text, domain) => {
    expect(domainNameOf(text)).toBe(domain)
  })

  it.each([
    [''],
    ['localhost'],
    ['.example.org'],
    ['example.org..'],
    ['a..example'],
    ['127.0.0.1'],
    ['0x7f.1'],
    ['2130706433'],
    ['[::1]'],
    ['::1'],
    ['example.org:8080'],
    ['example.org/x'],
    ['example.org\\x'],
    ['example.org?x'],
    ['example.org#x'],
    ['user@example.org'],
    ['ex%61mple.org'],
    ['example.org\n'],
    ['exa mple.org'],
    ['*.example.org'],
    ['_holdfast.example.org'],
    ['-a.example'],
    ['a-.example'],
    [`${'a'.repeat(64)}.example`],
    [`${'a.'.repeat(120)}example`],
  ])('%s is none', (text) => {
    expect(domainNameOf(text)).toBeUndefined()
  })

  it('a domain is its own spelling, and that of no other', () => {
    const label = fc.stringMatching(/^[a-z0-9]{1,8}$/)
    fc.assert(
      fc.property(label, fc.constantFrom('example', 'org', 'xn--zckzah'), fc.boolean(), (name, last, dot) => {
        const domain = `${name}.${last}`
        expect(domainNameOf(domain)).toBe(domain)
        expect(domainNameOf(`${domain.toUpperCase()}${dot ? '.' : ''}`)).toBe(domain)
      }),
      { seed: 7, numRuns: 100 },
    )
  })
})

it.each([
  ['files.example.org:8443', 'files.example.org'],
  ['Files.Example.org.:80', 'files.example.org'],
  ['files.example.org:', undefined],
  ['files.example.org:80:80', undefined],
  ['[::1]:8080', undefined],
])('the Host header %s means %s', (host, domain) => {
  expect(domainOfHost(host)).toBe(domain)
})

it('below a host is what ends with a dot and its name', () => {
  const hosts = ['gw.example']
  expect(['gw.example', 'a.gw.example', 'evilgw.example', 'example'].map((one) => isBelow(one, hosts))).toEqual([
    true,
    true,
    false,
    false,
  ])
})
