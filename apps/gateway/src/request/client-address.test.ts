import { expect, it } from 'vitest'
import { TrustedProxies } from './client-address.ts'

it.each([
  ['nobody is trusted', [], '192.0.2.1', '10.0.0.9', '192.0.2.1'],
  ['the peer is no proxy', ['10.0.0.0/8'], '192.0.2.1', '203.0.113.7', '192.0.2.1'],
  ['a proxy tells', ['10.0.0.0/8'], '10.0.0.1', '203.0.113.7', '203.0.113.7'],
  ['a client writes one more', ['10.0.0.0/8'], '10.0.0.1', '10.0.0.66, 203.0.113.7', '203.0.113.7'],
  ['proxies stand in a row', ['10.0.0.0/8'], '::ffff:10.0.0.1', '203.0.113.7, 10.0.0.2', '203.0.113.7'],
  ['a hop is no address', ['10.0.0.0/8'], '10.0.0.1', 'unknown', '10.0.0.1'],
  [
    'what lies before it was written by nobody who is believed',
    ['10.0.0.0/8'],
    '10.0.0.1',
    '192.0.2.9, x, 10.0.0.2',
    '10.0.0.2',
  ],
  ['a proxy tells the port as well', ['10.0.0.0/8'], '10.0.0.1', '203.0.113.7:4711', '203.0.113.7'],
  ['the peer is gone', ['10.0.0.0/8'], '', '203.0.113.7', ''],
  ['a proxy tells nothing', ['10.0.0.0/8'], '10.0.0.1', undefined, '10.0.0.1'],
  ['it is IPv6', ['2001:db8::/32'], '2001:db8::1', '2001:db9::7', '2001:db9::7'],
])('when %s', (_, trusted, peer, forwarded, client) => {
  expect(new TrustedProxies(trusted).clientOf(peer, forwarded)).toBe(client)
})
