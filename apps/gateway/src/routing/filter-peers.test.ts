import { describe, expect, it } from 'vitest'
import { filterNames, filterPeers } from './filter-peers.ts'
import { gatewayPeer, type PeerRecord } from './peer-record.ts'

const peer = (
  Addrs: string[],
  Protocols: string[] = ['transport-bitswap', 'transport-ipfs-gateway-http'],
): PeerRecord => ({
  Schema: 'peer',
  ID: 'k1',
  Addrs,
  Protocols,
})
const TCP = '/ip4/192.0.2.1/tcp/4001'
const QUIC = '/ip4/192.0.2.1/udp/4001/quic-v1'
const WEB = '/dns/gw.example/tcp/443/tls/http'
const V6 = '/ip6/2001:db8::1/udp/4001/quic-v1/webtransport'

const left = (addrs: string, given = [TCP, QUIC, WEB, V6]) =>
  filterPeers([peer(given)], { addrs: filterNames(addrs) ?? [], protocols: [] }).flatMap(({ Addrs }) => Addrs)

describe('IPIP-484, filter-addrs', () => {
  it.each([
    ['', [TCP, QUIC, WEB, V6]],
    ['tcp', [TCP, WEB]],
    ['tls,webtransport', [WEB, V6]],
    ['TLS', [WEB]],
    ['!ip6,!quic-v1', [TCP, WEB]],
    ['udp,!ip6', [QUIC]],
    ['webrtc-direct', []],
    // A part of a name is not a name.
    ['quic', []],
  ])('%j', (filter, expected) => {
    expect(left(filter)).toEqual(expected)
  })

  it('unknown lets peers without addresses pass, and others not for that', () => {
    const filtered = (addrs: string) =>
      filterPeers([peer([]), peer([TCP])], { addrs: filterNames(addrs) ?? [], protocols: [] }).map(({ Addrs }) => Addrs)
    expect(filtered('unknown')).toEqual([[]])
    expect(filtered('unknown,tcp')).toEqual([[], [TCP]])
    expect(filtered('tcp')).toEqual([[TCP]])
  })
})

const speaking = (protocols: string, given: PeerRecord[]) =>
  filterPeers(given, { addrs: [], protocols: filterNames(protocols) ?? [] })

describe('IPIP-484, filter-protocols', () => {
  it('one of them is enough, and all that a peer speaks stays', () => {
    expect(speaking('Transport-Bitswap,x', [peer([TCP])])).toEqual([peer([TCP])])
    expect(speaking('transport-graphsync', [peer([TCP])])).toEqual([])
  })

  it('unknown is for peers that say nothing', () => {
    expect(speaking('unknown', [peer([TCP], []), peer([TCP])])).toEqual([peer([TCP], [])])
  })

  it('names and lists have limits', () => {
    expect(filterNames('x'.repeat(65))).toBeUndefined()
    expect(filterNames('x,'.repeat(101))).toBeUndefined()
    expect(filterNames(' A ,,b')).toEqual(['a', 'b'])
  })
})

describe('the gateway as a peer', () => {
  it.each([
    ['https://gw.example.org', '/dns/gw.example.org/tcp/443/tls/http'],
    ['http://gw.example.org:8080', '/dns/gw.example.org/tcp/8080/http'],
    ['http://127.0.0.1:8080', '/ip4/127.0.0.1/tcp/8080/http'],
    ['https://[2001:db8::1]', '/ip6/2001:db8::1/tcp/443/tls/http'],
  ])('at %s is %s', (origin, address) => {
    expect(gatewayPeer(origin)).toMatchObject({ Addrs: [address], Protocols: ['transport-ipfs-gateway-http'] })
    expect(gatewayPeer(origin).ID).toMatch(/^k2k4r8/)
    expect(gatewayPeer(origin)).toEqual(gatewayPeer(origin))
  })
})
