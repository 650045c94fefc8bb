import { hash } from 'node:crypto'
import { base58btc } from 'multiformats/bases/base58'
import { CID } from 'multiformats/cid'
import * as Digest from 'multiformats/hashes/digest'
import { describe, expect, it, vi } from 'vitest'
import { bareHash, DenyRules } from './deny-rules.ts'
import { readDenyList } from './read-deny-list.ts'

const V0 = 'QmecDgNqCRirkc3Cjz9eoRBNwXGckJ9WvTdmY16HP88768'
const CID1 = CID.parse(V0).toV1()
const RAW = CID.createV1(0x55, CID1.multihash)
const KEY = 'k51qzi5uqu5dhmzyv3zac033i7rl9hkgczxyl81lwoukda2htteop7d3x0y1mf'
const PEER_ID = '12D3KooWLQzUv2FHWGVPXTXSZpdHs7oHbXub2G5WC8Tx4NQhyd2d'
const PEER_KEY = CID.createV1(0x72, Digest.decode(base58btc.decode(`z${PEER_ID}`)))

const modern = (text: string): string =>
  base58btc.encode(Digest.create(0x12, new Uint8Array(hash('sha256', text, 'buffer'))).bytes).slice(1)

const statusOf = async (text: string, path: string): Promise<number | null> => {
  const rules = new DenyRules()
  await readDenyList(text, rules)
  const [, namespace, root = '', ...rest] = path.split('/')
  return rules.statusOf(
    namespace === 'ipfs' ? { namespace, root: CID.parse(root), rest } : { namespace: 'ipns', root, rest },
  )
}

describe('compact denylist format', () => {
  it.each([
    ['/ipfs/CID: any encoding and codec of it', `/ipfs/${V0}`, `/ipfs/${CID1}`, 410],
    ['/ipfs/CID: the same bytes as a raw block', `/ipfs/${V0}`, `/ipfs/${RAW}`, 410],
    ['/ipfs/CID: in base16', `/ipfs/${V0}`, `/ipfs/${CID1.toString()}/`, 410],
    ['/ipfs/CID/PATH', `/ipfs/${V0}/a%20b/`, `/ipfs/${CID1}/a b`, 410],
    ['/ipfs/CID/PATH: not beside it', `/ipfs/${V0}/a`, `/ipfs/${CID1}/ab`, null],
    ['/ipfs/CID/PATH: not the root', `/ipfs/${V0}/a`, `/ipfs/${CID1}`, null],
    ['/ipfs/CID/PATH*', `/ipfs/${V0}/ab*`, `/ipfs/${CID1}/abc/d`, 410],
    ['/ipfs/CID/PATH/*', `/ipfs/${V0}/ab/*`, `/ipfs/${CID1}/ab`, 410],
    ['/ipfs/CID/*: the CID', `/ipfs/${V0}/*`, `/ipfs/${CID1}`, 410],
    ['/ipfs/CID/*: all below', `/ipfs/${V0}/*`, `/ipfs/${CID1}/x/y`, 410],
    ['!: the last rule that fits wins', `/ipfs/${V0}/a*\n!/ipfs/${V0}/ab`, `/ipfs/${CID1}/ab`, null],
    ['!: an earlier one is undone', `!/ipfs/${V0}/ab\n/ipfs/${V0}/a*`, `/ipfs/${CID1}/ab`, 410],
    ['/ipns/domain', '/ipns/domain.example', '/ipns/domain.example', 410],
    ['/ipns/domain: the name alone', '/ipns/domain.example/path', '/ipns/domain.example', null],
    ['/ipns/NAME: any encoding of a key', `/ipns/${KEY}`, `/ipns/${PEER_KEY}`, null],
    ['/ipns/NAME: a PeerID', `/ipns/${PEER_ID}`, `/ipns/${PEER_KEY}`, 410],
    ['/ipns/NAME: asked for by its PeerID', `/ipns/${PEER_KEY}`, `/ipns/${PEER_ID}`, 410],
    ['/ipns/NAME: an old PeerID', `/ipns/${V0}`, `/ipns/${CID.createV1(0x72, CID1.multihash)}`, 410],
    ['/ipns/NAME: all below a PeerID', `/ipns/${PEER_ID}/*`, `/ipns/${PEER_KEY}/a`, 410],
    ['//sha256, legacy: a key, by its PeerID', `//${hash('sha256', `${PEER_KEY}/`)}`, `/ipns/${PEER_ID}`, 410],
    ['//HASH of a CID', `//${modern(V0)}`, `/ipfs/${RAW}`, 410],
    ['//HASH of a path', `//${modern(`${V0}/my/path`)}`, `/ipfs/${CID1}/my/path`, 410],
    ['//HASH of a path: not of another', `//${modern(`${V0}/my/path`)}`, `/ipfs/${CID1}/my`, null],
    ['//HASH of a domain', `//${modern('/ipns/domain.example')}`, '/ipns/domain.example', 410],
    ['//sha256, legacy: a CID', `//${hash('sha256', `${CID1}/`)}`, `/ipfs/${V0}`, 410],
    ['//sha256, legacy: the same bytes as a raw block', `//${hash('sha256', `${CID1}/`)}`, `/ipfs/${RAW}`, 410],
    ['//sha256, legacy: of a raw block, by another codec', `//${hash('sha256', `${RAW}/`)}`, `/ipfs/${V0}`, 410],
    [
      '//sha256, legacy: of a path, by another codec',
      `//${hash('sha256', `${CID1}/path`)}`,
      `/ipfs/${CID.createV1(0x71, CID1.multihash)}/path`,
      410,
    ],
    ['//sha256, legacy: a path', `//${hash('sha256', `${CID1}/path`)}`, `/ipfs/${CID1}/path`, 410],
    ['//sha256, legacy: a domain', `//${hash('sha256', 'bad-domain-name.tld/')}`, '/ipns/bad-domain-name.tld', 410],
    ['a hint of the line', `/ipfs/${V0} gateway_status:451 other:x`, `/ipfs/${V0}`, 451],
    ['a hint of the list', `version: 1\nhints:\n  gateway_status: 451\n---\n/ipfs/${V0}`, `/ipfs/${V0}`, 451],
    [
      'a hint of the line over that of the list',
      `hints:\n  gateway_status: 451\n---\n/ipfs/${V0} gateway_status:410`,
      `/ipfs/${V0}`,
      410,
    ],
    ['comments and empty lines', `\n# ${V0}\n\n/ipfs/${V0}\r\n`, `/ipfs/${V0}`, 410],
  ])('%s', async (_, text, path, status) => {
    expect(await statusOf(text, path)).toBe(status)
  })

  it('the same legacy rule as the specification has', async () => {
    const text = '//d9d295bde21f422d471a90f2a37ec53049fdf3e5fa3ee2e8f20e10003da429e7'
    expect(await statusOf(text, '/ipfs/bafybeiefwqslmf6zyyrxodaxx4vwqircuxpza5ri45ws3y5a62ypxti42e')).toBe(410)
    const modernOne = '//QmX9dhRcQcKUw3Ws8485T5a9dtjrSCQaUAHnG4iK9i4ceM'
    expect(await statusOf(modernOne, '/ipfs/bafybeidjwik6im54nrpfg7osdvmx7zojl5oaxqel5cmsz46iuelwf5acja')).toBe(410)
  })

  it('another version is not read', async () => {
    await expect(readDenyList(`version: 2\n---\n/ipfs/${V0}`, new DenyRules())).rejects.toThrow('its version is 2')
  })

  it('lines that are no rules are counted and told, and the others hold', async () => {
    const rules = new DenyRules()
    const text = `name: x\n---\nwhat\n/ipfs/nothing\n/ipfs/${V0}\n//zzz\n/ipfs/${V0}/%zz\n`
    expect(await readDenyList(text, rules)).toEqual({ bad: 4, firstBad: [3, 4, 6, 7] })
    expect(rules.size).toBe(1)
    expect(bareHash(RAW)).toBe(V0)
  })

  it.each([
    ['a hash', '//'],
    ['a root', '/ipfs/z'],
    ['a root like a CIDv0', '/ipfs/Qm'],
    ['a key', '/ipns/z'],
    ['a PeerID', '/ipns/12D3'],
  ])('%s that is too long is no rule, and is not decoded', async (_, before) => {
    const decoded = vi.spyOn(base58btc.decoder, 'decode')
    const rules = new DenyRules()
    const text = `${before}${'2'.repeat(20_000)}\n/ipfs/${V0}\n`
    expect(await readDenyList(text, rules)).toEqual({ bad: 1, firstBad: [1] })
    expect(rules.size).toBe(1)
    expect(decoded.mock.calls.filter(([read]) => read.length > 300)).toEqual([])
    decoded.mockRestore()
  })
})
