import { loadConfig } from '@packages/runtime/config'
import { expect, test } from 'vitest'
import { warningsOf } from './warn-of-plain-http.ts'

const NETWORK = { HOST: '0.0.0.0' }
const HTTPS = { PUBLIC_URL: 'https://files.example.org', GATEWAY_URL: 'https://gateway.example.org' }

test.each<[string, Record<string, string>, RegExp[]]>([
  ['this machine alone', {}, []],
  ['this machine by its other names', { HOST: '::1', PUBLIC_URL: 'http://localhost:3000' }, []],
  ['a proxy that speaks TLS', HTTPS, []],
  ['a network by HTTPS', { ...NETWORK, ...HTTPS }, []],
  ['a network nobody was told of', NETWORK, [/browsers elsewhere cannot sign in/]],
  ['a network in clear', { ...NETWORK, PUBLIC_URL: 'http://files.lan:3000' }, [/^PUBLIC_URL is plain HTTP.*Secure/]],
  [
    'both in clear',
    { PUBLIC_URL: 'http://192.168.1.5:3000', GATEWAY_URL: 'http://192.168.1.5:8080' },
    [/^PUBLIC_URL is plain HTTP/, /^GATEWAY_URL is plain HTTP/],
  ],
  ['a name that begins like this machine', { PUBLIC_URL: 'http://localhost.example' }, [/^PUBLIC_URL is plain HTTP/]],
])('%s', (_what, environment, expected) => {
  const warnings = warningsOf(loadConfig(environment))
  expect(warnings).toEqual(expected.map((pattern) => expect.stringMatching(pattern)))
})
