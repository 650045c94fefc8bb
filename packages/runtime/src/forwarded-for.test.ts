import { isIP } from 'node:net'
import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { readableChain } from './forwarded-for.ts'

it.each<[string, string[]]>([
  ['192.0.2.1', ['192.0.2.1']],
  ['192.0.2.1, 203.0.113.9', ['192.0.2.1', '203.0.113.9']],
  ['192.0.2.1:4711, [2001:db8::1]:443', ['192.0.2.1', '2001:db8::1']],
  ['[2001:db8::1], 2001:db8::2', ['2001:db8::1', '2001:db8::2']],
  ['::ffff:192.0.2.1', ['::ffff:192.0.2.1']],
  ['192.0.2.1, unknown, 203.0.113.9', ['203.0.113.9']],
  ['192.0.2.1,, 203.0.113.9', ['203.0.113.9']],
  ['203.0.113.9, x', []],
  ['', []],
  ['fe80::1%eth0', []],
  ['010.0.0.1', []],
  ['0x7f.1', []],
  ['[::1', []],
  ['[10.0.0.1]:80:80', []],
  ["1.1.1.1'; drop table sessions; --", []],
])('%j reads as %j', (header, expected) => {
  expect(readableChain(header)).toEqual(expected)
})

it('gives addresses alone, and those at the end alone, whatever comes', () => {
  const part = fc.oneof(fc.ipV4(), fc.ipV6(), fc.string(), fc.constantFrom('', ' ', 'unknown', '[::1]:1', '1.2.3.4:5'))
  fc.assert(
    fc.property(fc.array(part), fc.ipV4(), (before, last) => {
      const chain = readableChain([...before, last].join(', '))
      expect(chain.at(-1)).toBe(last)
      expect(chain.filter((address) => isIP(address) === 0)).toEqual([])
    }),
    { seed: 7 },
  )
})
