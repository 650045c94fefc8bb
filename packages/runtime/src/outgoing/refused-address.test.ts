import * as fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { ipv4Bits, ipv4Text } from './ip-text.ts'
import { isRefusedAddress } from './refused-address.ts'
import { REFUSED_IPV4 } from './refused-networks.ts'

const rangeOf = (network: string): { first: number; last: number } => {
  const [address = '', prefix = ''] = network.split('/')
  const first = ipv4Bits(address)
  return { first, last: first + 2 ** (32 - Number(prefix)) - 1 }
}

const hex = (value: number): string => value.toString(16)
const pair = (bits: number): string => `${hex(Math.floor(bits / 65_536))}:${hex(bits % 65_536)}`

/** Every form by which an IPv6 address carries an IPv4 one. */
const FORMS: readonly (readonly [name: string, write: (bits: number) => string])[] = [
  ['mapped', (bits) => `::ffff:${pair(bits)}`],
  ['mapped, dotted', (bits) => `::ffff:${ipv4Text(bits)}`],
  ['mapped, at full length', (bits) => `0000:0000:0000:0000:0000:FFFF:${pair(bits).toUpperCase()}`],
  ['compatible', (bits) => `::${ipv4Text(bits)}`],
  ['translated (SIIT)', (bits) => `::ffff:0:${pair(bits)}`],
  ['NAT64', (bits) => `64:ff9b::${ipv4Text(bits)}`],
  ['NAT64 of a network', (bits) => `64:ff9b:1::${pair(bits)}`],
  ['6to4', (bits) => `2002:${pair(bits)}::1`],
  ['Teredo server', (bits) => `2001:0:${pair(bits)}:0:63bf:3fff:fdd2`],
  ['Teredo client', (bits) => `2001:0:4136:e378:8000:63bf:${pair(0xff_ff_ff_ff - bits)}`],
  ['ISATAP', (bits) => `2606:4700::5efe:${pair(bits)}`],
  ['ISATAP, universal', (bits) => `2606:4700::200:5efe:${ipv4Text(bits)}`],
  ['ISATAP, link-local', (bits) => `fe80::5efe:${pair(bits)}`],
]

describe('IPv4', () => {
  it.each(REFUSED_IPV4)('refuses all of %s (%s)', (network) => {
    const { first, last } = rangeOf(network)
    expect(isRefusedAddress(ipv4Text(first))).toBe(true)
    expect(isRefusedAddress(ipv4Text(last))).toBe(true)
  })

  const everybodysNeighbours = REFUSED_IPV4.flatMap(([network]) => {
    const { first, last } = rangeOf(network)
    return [first - 1, last + 1]
  }).filter((bits) => bits >= 0 && bits < 2 ** 32)
  it('refuses no address beside them', () => {
    const outside = everybodysNeighbours.filter(
      (bits) => !REFUSED_IPV4.some(([network]) => bits >= rangeOf(network).first && bits <= rangeOf(network).last),
    )
    expect(outside.length).toBeGreaterThan(25)
    for (const bits of outside)
      expect([ipv4Text(bits), isRefusedAddress(ipv4Text(bits))]).toEqual([ipv4Text(bits), false])
  })

  it.each([
    '1.1.1.1',
    '8.8.8.8',
    '93.184.216.34',
    '100.63.255.255',
    '100.128.0.0',
    '172.15.0.1',
    '172.32.0.1',
    '223.255.255.255',
  ])('lets %s be called', (address) => expect(isRefusedAddress(address)).toBe(false))
})

describe('IPv6', () => {
  it.each([
    ['unspecified', '::'],
    ['loopback', '::1'],
    ['loopback, at length', '0:0:0:0:0:0:0:1'],
    ['loopback, mapped', '::ffff:127.0.0.1'],
    ['metadata, mapped', '::ffff:a9fe:a9fe'],
    ['public, mapped: only ever a disguise', '::ffff:8.8.8.8'],
    ['compatible', '::127.0.0.1'],
    ['NAT64', '64:ff9b::'],
    ['NAT64, of a public address', '64:ff9b::808:808'],
    ['NAT64 of a network', '64:ff9b:1:ffff::1'],
    ['discard-only', '100::1'],
    ['Teredo', '2001::1'],
    ['benchmarks', '2001:2::1'],
    ['ORCHID', '2001:10::1'],
    ['ORCHIDv2', '2001:20::1'],
    ['documentation', '2001:db8::1'],
    ['documentation, larger', '3fff:0fff::1'],
    ['6to4', '2002::1'],
    ['6to4 of a public address', '2002:808:808::1'],
    ['6bone', '3ffe::1'],
    ['AS112', '2620:4f:8000::1'],
    ['not assigned', '4000::1'],
    ['segment routing', '5f00::1'],
    ['unique local', 'fc00::1'],
    ['unique local', 'fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
    ['metadata of AWS', 'fd00:ec2::254'],
    ['metadata of Google', 'fd20:ce::254'],
    ['link-local', 'fe80::1'],
    ['link-local, end', 'febf:ffff::1'],
    ['link-local with a zone', 'fe80::1%eth0'],
    ['public with a zone', '2606:4700::1%1'],
    ['site-local', 'fec0::1'],
    ['multicast', 'ff02::1'],
    ['multicast', 'ff0e::1'],
  ])('refuses %s: %s', (_what, address) => expect(isRefusedAddress(address)).toBe(true))

  it.each(['2606:4700:4700::1111', '2001:4860:4860::8888', '2a00:1450:4001:81b::200e', '2620:fe::fe', '2001:200::1'])(
    'lets %s be called',
    (address) => expect(isRefusedAddress(address)).toBe(false),
  )
})

test.each([
  '',
  'localhost',
  '127.1',
  '0x7f.0.0.1',
  '017700000001',
  '2130706433',
  '127.0.0.1.',
  '1.2.3',
  '[::1]',
  '::1/128',
])('refuses what is no address: "%s"', (text) => expect(isRefusedAddress(text)).toBe(true))

const refusedBits = fc
  .constantFrom(...REFUSED_IPV4)
  .chain(([network]) => fc.integer({ min: rangeOf(network).first, max: rangeOf(network).last }))

test.each(FORMS)('a refused IPv4 address stays refused when it is written %s', (_form, write) => {
  fc.assert(
    fc.property(refusedBits, (bits) => {
      expect(isRefusedAddress(ipv4Text(bits))).toBe(true)
      expect([write(bits), isRefusedAddress(write(bits))]).toEqual([write(bits), true])
    }),
    { numRuns: 400 },
  )
})
