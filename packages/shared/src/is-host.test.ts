import { expect, it } from 'vitest'
import { isHost } from './is-host.ts'

it.each([
  '',
  'a',
  'a.example',
  'A_b.example.',
  'a.example:80',
  'a.example:',
  '127.0.0.1:8080',
  '[::1]',
  '[::ffff:192.0.2.1]:80',
  'b%C3%BCcher.example',
  Buffer.from('bücher.example:80').toString('latin1'),
])('%j may be a host', (text) => {
  expect(isHost(text)).toBe(true)
})

it.each([
  'a b',
  'a\tb',
  'a/b',
  'a?b',
  'a#b',
  'a\\b',
  'user@a',
  'a:b',
  'a:80:80',
  '[::1',
  '::1',
  '[a.example]',
  '<a>',
  '"a"',
  'a%',
  'a%zz',
  '\u00fc',
  '\u0131',
  'http://a',
])('%j is no host', (text) => {
  expect(isHost(text)).toBe(false)
})
