import { expect, it } from 'vitest'
import { allowsAddress, isAddressRange } from './address-list.ts'

it.each([
  [['192.0.2.7'], '192.0.2.7', true],
  [['192.0.2.7'], '192.0.2.8', false],
  [['192.0.2.0/24'], '192.0.2.255', true],
  [['192.0.2.0/24'], '192.0.3.0', false],
  [['192.0.2.0/24'], '::ffff:192.0.2.9', true],
  [['::ffff:192.0.2.0/120'], '192.0.2.9', true],
  [['::ffff:192.0.2.0/120'], '192.0.3.9', false],
  [['2001:db8::/32'], '2001:db8:ffff::1', true],
  [['2001:db8::/32'], '2001:db9::1', false],
  [['2001:db8::1'], '2001:0db8:0:0:0:0:0:1', true],
  [['0.0.0.0/0'], '::1', false],
  [['::/0'], '192.0.2.1', false],
  [['10.0.0.1', '2001:db8::/32'], '2001:db8::9', true],
  [['10.0.0.1'], '', false],
  [[], '192.0.2.1', true],
])('%j lets %s in: %s', (ranges, address, expected) => {
  expect(allowsAddress(ranges, address)).toBe(expected)
})

it('knows addresses and blocks from other texts', () => {
  for (const right of ['10.0.0.1', '10.0.0.0/8', '::1', '::/0', '2001:db8::/128'])
    expect(isAddressRange(right)).toBe(true)
  for (const wrong of [
    '',
    '10.0.0.0/33',
    '::/129',
    '10.0.0.0/',
    '10.0.0.0/08',
    '10.0.0.0/8/8',
    '010.0.0.1',
    '10.1',
    'a',
    '*',
    'fe80::1%eth0',
    '10.0.0.0/-1',
  ])
    expect([wrong, isAddressRange(wrong)]).toEqual([wrong, false])
})
