import * as fc from 'fast-check'
import { HoldfastError } from '@packages/shared/holdfast-error'
import { describe, expect, it } from 'vitest'
import { domainOfLabel, inlineDomain, keyNameOf, labelOfRoot, readLabel } from './root-label.ts'

const V0 = 'QmbWqxBEKC3P8tqsKc98xmWNzrzDtRLMiMPL8wBuTGsMnR'
const V1 = 'bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi'
const PEER = '12D3KooWLQzUv2FHWGVPXTXSZpdHs7oHbXub2G5WC8Tx4NQhyd2d'
const KEY = 'k51qzi5uqu5dk3v4rmjber23h16xnr23bsggmqqil9z2gduiis5se8dht36dam'
const RSA_PEER = 'QmVujd5Vb7moysJj8itnGufN7MEtPRCNHkKpNuA4onsRa3'
const SHA512 =
  'bafkrgqhhyivzstcz3hhswshfjgy6ertgmnqeleynhwt4dlfsthi4hn7zgh4uvlsb5xncykzapi3ocd4lzogukir6ksdy6wzrnz6ohnv4aglcs'

const detailOf = (work: () => unknown): string => {
  try {
    work()
    return 'nothing was thrown'
  } catch (error) {
    if (error instanceof HoldfastError) return `${error.status} ${error.detail}`
    throw error
  }
}

describe('DNS label limits (subdomain gateway)', () => {
  it.each([
    ['ipfs', V0, V1],
    ['ipfs', V1, V1],
    ['ipns', PEER, KEY],
    ['ipns', KEY, KEY],
    ['ipns', 'en.wikipedia-on-ipfs.org', 'en-wikipedia--on--ipfs-org'],
    ['ipns', 'EN.Example.ORG', 'en-example-org'],
  ] as const)('/%s/%s is named %s', (namespace, root, label) => {
    expect(labelOfRoot(namespace, root)).toBe(label)
  })

  it('a CID that makes more than 63 characters is refused, in the path and in the host', () => {
    const refused = '400 CID incompatible with DNS label length limit of 63'
    expect(detailOf(() => labelOfRoot('ipfs', SHA512))).toBe(refused)
    expect(detailOf(() => readLabel('ipfs', SHA512))).toBe(refused)
  })

  it('a domain that makes more is refused', () => {
    expect(detailOf(() => labelOfRoot('ipns', `${'a-'.repeat(20)}b.${'c'.repeat(20)}.example`))).toMatch(
      /^400 DNSLink name incompatible/,
    )
  })

  it('what is no root is told before a redirect, by its own letters', () => {
    expect(detailOf(() => labelOfRoot('ipfs', 'QmInvalidCID'))).toBe('400 invalid path "/ipfs/QmInvalidCID"')
    expect(detailOf(() => labelOfRoot('ipfs', '<script>'))).toBe('400 There is no valid root behind /ipfs.')
    expect(detailOf(() => labelOfRoot('ipns', 'localhost'))).toBe('400 invalid path "/ipns/localhost"')
  })
})

describe('a label in the host', () => {
  it.each([
    ['ipfs', V1, V1],
    ['ipfs', V0, V1],
    ['ipfs', V1.toUpperCase(), V1],
    ['ipns', KEY, KEY],
    ['ipns', KEY.toUpperCase(), KEY],
    [
      'ipns',
      'k2k4r8l9ja7hkzynavdqup76ou46tnvuaqegbd04a4o1mpbsey0meucb',
      'k2k4r8l9ja7hkzynavdqup76ou46tnvuaqegbd04a4o1mpbsey0meucb',
    ],
  ] as const)('%s %s has the canonical label %s', (namespace, label, canonical) => {
    expect(readLabel(namespace, label)).toEqual({ root: canonical, canonical })
  })

  it('the codec dag-pb of a key is taken for libp2p-key', () => {
    // CIDv1 of the RSA key's multihash with the codec dag-pb, as old clients wrote IPNS names.
    const name = keyNameOf(RSA_PEER)
    expect(name).toBe('k2k4r8m7xvggw5pxxk3abrkwyer625hg01hfyggrai7lk1m63fuihi7w')
    expect(readLabel('ipns', labelOfRoot('ipfs', RSA_PEER)).canonical).toBe(name)
  })

  it('a domain is read with its dots and without', () => {
    expect(readLabel('ipns', 'en-wikipedia--on--ipfs-org').root).toBe('en.wikipedia-on-ipfs.org')
    expect(readLabel('ipns', 'en.wikipedia-on-ipfs.org').root).toBe('en.wikipedia-on-ipfs.org')
  })

  it('inlining loses nothing of any domain', () => {
    const part = fc
      .array(fc.constantFrom('a', 'b1', '-', '--', '9'), { minLength: 1, maxLength: 6 })
      .map((parts) => `x${parts.join('')}y`)
    fc.assert(
      fc.property(fc.array(part, { minLength: 2, maxLength: 3 }), (parts) => {
        const domain = parts.join('.')
        if (domain.replaceAll('-', '--').length > 63) return
        const label = inlineDomain(domain)
        expect(label).not.toContain('.')
        expect(domainOfLabel(label)).toBe(domain)
      }),
    )
  })
})
