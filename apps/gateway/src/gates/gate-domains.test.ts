import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { GateDomains } from './gate-domains.ts'

const DOMAIN = 'xn--bcher-kva.example'
const domains = new GateDomains()
domains.set('acme', [DOMAIN, 'files.example.org'])

describe('a domain is found by its host', () => {
  it.each([
    ['files.example.org', 'files.example.org'],
    ['FILES.Example.Org', 'files.example.org'],
    ['files.example.org.', 'files.example.org'],
    ['files.example.org:8443', 'files.example.org'],
    ['Files.example.org.:80', 'files.example.org'],
    [DOMAIN, DOMAIN],
    ['XN--BCHER-KVA.example', DOMAIN],
    [Buffer.from('bücher.example').toString('latin1'), DOMAIN],
  ])('%s', (host, domain) => {
    expect(domains.siteOf(host)).toEqual({ kind: 'organization', name: 'acme', host: domain, domain })
  })

  it.each([
    [undefined],
    [''],
    ['example.org'],
    // In Latin-1, as nobody writes names.
    ['bücher.example'],
    ['a.files.example.org'],
    ['files.example.org.evil.example'],
    ['evilfiles.example.org'],
    ['files.example.org@evil.example'],
    ['evil.example#files.example.org'],
    ['files.example.org:80:80'],
    ['files.example.org..'],
    ['files.example.org/'],
    ['files%2eexample.org'],
    ['127.0.0.1'],
  ])('%s is none', (host) => {
    expect(domains.siteOf(host)).toBeUndefined()
  })
})

it('nothing is found when there are none', () => {
  expect(new GateDomains().siteOf('files.example.org')).toBeUndefined()
})

/** Gateways are told of in any order; of each alone in its own. The domain is whose word came last, until that one lets it go. */
it('whoever has a domain by the last word about it has it, and who has let it go takes it from nobody', () => {
  const word = fc.record({
    name: fc.constantFrom('acme', 'other', 'third'),
    has: fc.subarray(['a.example', 'b.example']),
  })
  fc.assert(
    fc.property(fc.array(word, { maxLength: 30 }), (words) => {
      const real = new GateDomains()
      const model = new Map<string, string>()
      for (const { name, has } of words) {
        real.set(name, has)
        for (const [domain, owner] of model) if (owner === name && !has.includes(domain)) model.delete(domain)
        for (const domain of has) model.set(domain, name)
        for (const domain of ['a.example', 'b.example']) expect(real.siteOf(domain)?.name).toBe(model.get(domain))
      }
    }),
    { seed: 7, numRuns: 300 },
  )
})
