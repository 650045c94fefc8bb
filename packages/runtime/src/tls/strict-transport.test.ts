import { expect, it } from 'vitest'
import { staysWithHttps } from './strict-transport.ts'

it.each<[string, string | undefined, boolean]>([
  ['https://files.example.org', undefined, true],
  ['https://files.example.org', 'https://files.example.org:8080', true],
  ['https://files.example.org', 'http://gateway.example.org', true],
  ['https://files.example.org', 'http://files.example.org:8080', false],
  ['http://files.example.org', undefined, false],
  ['https://localhost:3000', undefined, false],
  ['https://127.0.0.1:3000', undefined, false],
  ['https://[::1]:3000', undefined, false],
])('%s, beside %s, is for HTTPS alone: %s', (own, other, expected) => {
  expect(staysWithHttps(own, other)).toBe(expected)
})
