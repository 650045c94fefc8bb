import { isBelow } from '@packages/shared/domain-name'
import { expect, it } from 'vitest'
import { ownHostsOf } from './gateway-domains.ts'

const hosts = ownHostsOf({
  publicUrl: 'https://app.holdfast.example:3000',
  gatewayUrl: 'https://gateway.example',
  gatewayHosts: { subdomains: ['gw.example'], dnslink: ['docs.example', '*.sites.example', '*'] },
})

it.each([
  ['app.holdfast.example', true],
  ['x.app.holdfast.example', true],
  ['gateway.example', true],
  ['acme.gw.example', true],
  ['docs.example', true],
  // A pattern names no domain of the operator's: whoever proves one below it has it.
  ['acme.sites.example', false],
  ['acme.example', false],
  ['holdfast.example', false],
])('%s is a host of the platform: %s', (domain, own) => {
  expect(isBelow(domain, hosts)).toBe(own)
})
