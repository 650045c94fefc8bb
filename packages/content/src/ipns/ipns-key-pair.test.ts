import { parseCid } from '@packages/shared/cid'
import { expect, it } from 'vitest'
import { createIpnsRecord } from './create-ipns-record.ts'
import { exportIpnsKey, ipnsKeyPair, newIpnsSeed } from './ipns-key-pair.ts'
import { readProtobuf } from './protobuf-fields.ts'
import { verifyIpnsRecord } from './verify-ipns-record.ts'

/** RFC 8032, 7.1, test 1. */
const SEED = Buffer.from('9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60', 'hex')
const PUBLIC = 'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a'

it('its name is the public key itself', () => {
  const { name } = ipnsKeyPair(SEED)
  expect(name).toMatch(/^k51[0-9a-z]{59}$/)
  expect(Buffer.from(parseCid(name).multihash.digest).toString('hex')).toBe(`08011220${PUBLIC}`)
})

it('what it signs is a valid record of its name, and of no other', () => {
  const { privateKey, name } = ipnsKeyPair(newIpnsSeed())
  const value = '/ipfs/bafkqaaa'
  const record = createIpnsRecord(privateKey, { value, sequence: 7n, validity: '2099-01-01T00:00:00Z', ttlSeconds: 60 })
  expect(verifyIpnsRecord(parseCid(name), record, Date.now())).toMatchObject({ value, sequence: 7n, ttl: 60 })
  const other = ipnsKeyPair(newIpnsSeed()).name
  expect(() => verifyIpnsRecord(parseCid(other), record, Date.now())).toThrow('not signed')
})

it('is exported as libp2p writes private keys', () => {
  const fields = readProtobuf(exportIpnsKey(SEED))
  expect(fields?.numbers.get(1)).toBe(1n)
  expect(fields?.bytes.get(2)?.toString('hex')).toBe(`${SEED.toString('hex')}${PUBLIC}`)
})

it('is made of 32 bytes', () => {
  expect(() => ipnsKeyPair(SEED.subarray(1))).toThrow('32 bytes')
})
