import { describe, expect, it } from 'vitest'
import { dialableOrigins } from './origin-addresses.ts'

const PEER = '12D3KooWBuN5bqeXqqX6dT9kzRt4bTgm5cTkrYQCyDSxkAHiFoe1'
const dialled = (text: string, allowPrivate = false): boolean => dialableOrigins([text], { allowPrivate }).length === 1

describe('addresses that a user names as holders', () => {
  it.each([
    `/ip4/93.184.216.34/tcp/4001/p2p/${PEER}`,
    `/ip4/93.184.216.34/udp/4001/quic-v1/p2p/${PEER}`,
    `/ip6/2606:4700::1111/tcp/4001/p2p/${PEER}`,
    `/ip4/93.184.216.34/tcp/443/ws/p2p/${PEER}`,
  ])('are dialled: %s', (address) => expect(dialled(address)).toBe(true))

  it.each([
    `/ip4/127.0.0.1/tcp/4001/p2p/${PEER}`,
    `/ip4/10.1.2.3/udp/4001/quic-v1/p2p/${PEER}`,
    `/ip4/169.254.169.254/tcp/80/p2p/${PEER}`,
    `/ip6/::1/tcp/4001/p2p/${PEER}`,
    `/ip6/::ffff:127.0.0.1/tcp/4001/p2p/${PEER}`,
    `/ip6/fd00::1/tcp/4001/p2p/${PEER}`,
  ])('are not dialled, unless private ones may be: %s', (address) =>
    expect([dialled(address), dialled(address, true)]).toEqual([false, true]),
  )

  it.each([
    '',
    'https://example.org',
    '/ip4/93.184.216.34/tcp/4001',
    '/ip4/93.184.216.34/tcp/4001/p2p/',
    `/ip4/93.184.216.34/tcp/4001/p2p/${PEER}/p2p-circuit/p2p/${PEER}`,
    `/dns4/localhost/tcp/4001/p2p/${PEER}`,
    `/dnsaddr/bootstrap.libp2p.io/p2p/${PEER}`,
    `/ip6zone/eth0/ip6/fe80::1/tcp/4001/p2p/${PEER}`,
    `/unix/var/run/x.sock/p2p/${PEER}`,
    `/ip4/93.184.216.34/tcp/4001/p2p/${PEER}?x=1`,
    `/ip4/93.184.216.34/${'ws/'.repeat(500)}p2p/${PEER}`,
  ])('are passed over in any case: %s', (address) =>
    expect([dialled(address), dialled(address, true)]).toEqual([false, false]),
  )

  it('are twenty at most', () => {
    const origins = Array.from({ length: 30 }, (_, n) => `/ip4/93.184.216.${n + 1}/tcp/4001/p2p/${PEER}`)
    expect(dialableOrigins(origins, { allowPrivate: false })).toHaveLength(20)
  })
})
