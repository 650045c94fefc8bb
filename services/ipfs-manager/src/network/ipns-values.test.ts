import { createIpnsRecord } from '@packages/content/ipns/create-ipns-record'
import { ipnsKeyPair, newIpnsSeed } from '@packages/content/ipns/ipns-key-pair'
import { parseCid } from '@packages/shared/cid'
import { expect, it } from 'vitest'
import { nameOfRoutingKey, routingKeyOf, selectIpns, validateIpns } from './ipns-values.ts'

const [pair, other] = [ipnsKeyPair(newIpnsSeed()), ipnsKeyPair(newIpnsSeed())]
const key = routingKeyOf(pair.name)
const record = (sequence: bigint, { by = pair, validity = '2099-01-01T00:00:00Z' } = {}) =>
  createIpnsRecord(by.privateKey, { value: '/ipfs/bafkqaaa', sequence, validity, ttlSeconds: 60 })
const ENDED = { validity: '2020-01-01T00:00:00Z' }

it('stands under /ipns/ and the bytes of its multihash', () => {
  expect(Buffer.from(key.subarray(0, 6)).toString()).toBe('/ipns/')
  expect(Buffer.from(key.subarray(6))).toEqual(Buffer.from(parseCid(pair.name).multihash.bytes))
  expect(nameOfRoutingKey(key)).toBe(pair.name)
})

it('only what the name’s key has signed, and what has not ended, is taken of peers', () => {
  expect(() => validateIpns(key, record(1n))).not.toThrow()
  for (const bad of [record(1n, { by: other }), record(1n, ENDED), Buffer.from('nonsense'), Buffer.alloc(11_000)])
    expect(() => validateIpns(key, bad)).toThrow()
  expect(() => validateIpns(Buffer.from('/pk/abc'), record(1n))).toThrow('no IPNS name')
})

it('the newest valid one is in force', () => {
  expect(selectIpns(key, [record(2n), record(10n), record(9n)])).toBe(1)
  expect(selectIpns(key, [record(99n, { by: other }), record(98n, ENDED), record(1n)])).toBe(2)
})
