import { expect, it } from 'vitest'
import { strictTransport } from './strict-transport.ts'

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
  expect(strictTransport(own, { other, subdomains: false })).toBe(expected ? 'max-age=31536000' : undefined)
  const below = strictTransport(own, { other, subdomains: true })
  expect(below).toBe(expected ? 'max-age=31536000; includeSubDomains' : undefined)
})
