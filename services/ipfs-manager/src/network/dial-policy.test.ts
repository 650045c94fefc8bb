import { multiaddr } from '@multiformats/multiaddr'
import { describe, expect, it } from 'vitest'
import { dialableOrigins, dialPolicy, isDialable } from './dial-policy.ts'

const PEER = '12D3KooWKnDdG3iXw9eTFijk3EWSunZcFi54Zka4wmtqtt6rPxc8'

describe('an address that a stranger names', () => {
  it.each([
    '/ip4/127.0.0.1/tcp/4001',
    '/ip4/10.1.2.3/tcp/4001',
    '/ip4/169.254.169.254/tcp/80',
    '/ip4/192.168.1.1/tcp/4001/ws',
    '/ip4/0.0.0.0/tcp/4001',
    '/ip6/::1/tcp/4001',
    '/ip6/fc00::1/tcp/4001',
    '/ip6/::ffff:127.0.0.1/tcp/4001',
    '/ip6/64:ff9b::7f00:1/tcp/4001',
    '/ip6zone/eth0/ip6/fe80::1/tcp/4001',
    '/dns4/localhost/tcp/4001',
    '/dns/metadata.example/tcp/80',
    '/dnsaddr/stranger.example',
    '/dns4/peer.example/tcp/443/tls/ws',
    '/ip4/93.184.216.34/udp/4001/quic-v1',
    `/ip4/93.184.216.34/tcp/4001/p2p/${PEER}/p2p-circuit`,
    '/ip4/93.184.216.34/tcp/4001/http',
    '/ip4/93.184.216.34',
    '/unix/tmp%2Fsocket',
    `/p2p/${PEER}`,
  ])('is not dialled: %s', (text) => expect(isDialable(multiaddr(text), false)).toBe(false))

  it.each(['/ip4/93.184.216.34/tcp/4001', `/ip4/93.184.216.34/tcp/80/ws/p2p/${PEER}`, '/ip6/2606:4700::1/tcp/4001'])(
    'is dialled when it is public: %s',
    (text) => expect(isDialable(multiaddr(text), false)).toBe(true),
  )

  it('may be private where the operator says so, and still no name and no relay', () => {
    expect(isDialable(multiaddr('/ip4/127.0.0.1/tcp/4001'), true)).toBe(true)
    expect(isDialable(multiaddr('/dns4/localhost/tcp/4001'), true)).toBe(false)
    expect(isDialable(multiaddr(`/ip4/127.0.0.1/tcp/1/p2p/${PEER}/p2p-circuit`), true)).toBe(false)
  })
})

describe('the policy', () => {
  const named = ['/ip4/10.0.0.1/tcp/4001', `/dns4/peer.internal/tcp/4001/p2p/${PEER}`]
  const policy = dialPolicy({ dialsNobody: false, dialsPrivate: false, named })
  const denies = (text: string) => policy.denyDialMultiaddr?.(multiaddr(text))
  const keeps = (text: string) => policy.filterMultiaddrForPeer?.(undefined as never, multiaddr(text))

  it('lets the settings name what no stranger may', () => {
    expect(denies(`/ip4/10.0.0.1/tcp/4001/p2p/${PEER}`)).toBe(false)
    expect(denies('/dns4/peer.internal/tcp/4001')).toBe(false)
    expect(denies('/ip4/10.0.0.1/tcp/4002')).toBe(true)
    expect(denies('/ip4/10.0.0.2/tcp/4001')).toBe(true)
  })

  it('remembers no address of a peer that may not be dialled', () => {
    expect([keeps('/ip4/127.0.0.1/tcp/1'), keeps('/dnsaddr/stranger.example'), keeps('/ip4/1.1.1.1/tcp/1')]).toEqual([
      false,
      false,
      true,
    ])
  })

  it('dials nobody at all where it is told so', () => {
    const silent = dialPolicy({ dialsNobody: true, dialsPrivate: true, named })
    expect(silent.denyDialPeer?.(undefined as never)).toBe(true)
    for (const text of ['/ip4/1.1.1.1/tcp/1', ...named]) expect(silent.denyDialMultiaddr?.(multiaddr(text))).toBe(true)
  })
})

it('takes of the origins of a pin those that may be dialled', () => {
  const good = `/ip4/93.184.216.34/tcp/4001/p2p/${PEER}`
  const given = ['', 'x', '/ip4/1.2.3.4', '/ip4/93.184.216.34/tcp/4001', `/ip4/127.0.0.1/tcp/4001/p2p/${PEER}`, good]
  expect(dialableOrigins(given, false).map(String)).toEqual([good])
})
