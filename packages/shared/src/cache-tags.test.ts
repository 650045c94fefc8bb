import { base58btc } from 'multiformats/bases/base58'
import { describe, expect, it } from 'vitest'
import { isUrgent, TAG_OF_ALL, TAG_OF_DEEP, tagOfContent, tagsOfEntry } from './cache-tags.ts'
import { parseCid } from './cid.ts'
import { takedownKey } from './takedown.ts'

const cid = parseCid('bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy')
const content = tagOfContent(cid)

describe('tagOfContent', () => {
  it('is one for all encodings and codecs of a CID, and fit for a header', () => {
    expect(content).toMatch(/^c-[a-z2-7]+$/)
    expect(tagOfContent(parseCid(base58btc.encode(cid.bytes)))).toBe(content)
    expect(tagOfContent({ multihash: cid.multihash })).toBe(content)
  })
})

describe('tagsOfEntry', () => {
  const gateway = { id: '1', tokenRequired: true, tokens: [], domains: ['a.example'], addresses: [], hosts: [] }
  const limits = { referrers: [], requestsPerMinute: null, bytesPerMinute: null, indexPath: null, notFoundPath: null }
  it.each<[string, Parameters<typeof tagsOfEntry>[0], string[]]>([
    ['content that goes', { kind: 'content.released', realm: 'public', cid: String(cid), contentId: '1' }, [content]],
    ['private content', { kind: 'content.released', realm: 'private', cid: 'a ciphertext', contentId: '1' }, []],
    ['a name of a file', { kind: 'file.unnamed', cid: String(cid), name: 'a' }, [content]],
    ['a new name of a file', { kind: 'file.named', cid: String(cid), name: 'a' }, []],
    [
      'a takedown: also what has it somewhere inside',
      { kind: 'takedown.changed', key: takedownKey(cid), takedown: null },
      [content, TAG_OF_DEEP],
    ],
    ['a published name', { kind: 'ipns.published', name: 'k51' }, ['n-k51']],
    [
      'a gateway: also hosts that were nobody’s before',
      { kind: 'gateway.changed', name: 'acme', gateway: { ...gateway, ...limits } },
      ['g-acme', 'h-a.example'],
    ],
    ['a gateway that ends', { kind: 'gateway.changed', name: 'acme', gateway: null }, ['g-acme']],
    ['a tenant', { kind: 'organization.changed', organizationId: '1' }, [TAG_OF_ALL]],
    ['a session', { kind: 'session.revoked', sessionId: '1' }, []],
  ])('%s', (_, entry, tags) => {
    expect(tagsOfEntry(entry)).toEqual(tags)
  })
})

describe('isUrgent', () => {
  it.each<[boolean, Parameters<typeof isUrgent>[0]]>([
    [true, { kind: 'takedown.changed', key: takedownKey(cid), takedown: null }],
    [true, { kind: 'gateway.changed', name: 'acme', gateway: null }],
    [true, { kind: 'organization.changed', organizationId: '1' }],
    [false, { kind: 'content.released', realm: 'public', cid: String(cid), contentId: '1' }],
    [false, { kind: 'file.unnamed', cid: String(cid), name: 'a' }],
    [false, { kind: 'ipns.published', name: 'k51' }],
  ])('is %s of %o', (urgent, entry) => {
    expect(isUrgent(entry)).toBe(urgent)
  })
})
