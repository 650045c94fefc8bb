import { expect, it } from 'vitest'
import { relyingPartyOf } from './relying-party.ts'

it.each([
  ['https://files.example.org', 'files.example.org'],
  ['https://files.example.org:8443', 'files.example.org'],
  ['http://localhost:3000', 'localhost'],
  ['http://holdfast.localhost:3000', 'holdfast.localhost'],
])('passkeys of %s are for %s, and for that origin alone', (url, id) => {
  expect(relyingPartyOf(`${url}/`)).toEqual({ id, origin: url, name: `Holdfast (${id})` })
})

it.each(['http://127.0.0.1:3000', 'https://192.0.2.7', 'https://[2001:db8::1]', 'http://files.example.org'])(
  'there are none at %s',
  (url) => {
    expect(relyingPartyOf(url)).toBeNull()
  },
)
