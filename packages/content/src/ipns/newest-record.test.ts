import { expect, it } from 'vitest'
import { createIpnsRecord } from './create-ipns-record.ts'
import { ipnsKeyPair, newIpnsSeed } from './ipns-key-pair.ts'
import { newestRecord } from './newest-record.ts'

const NOW = Date.parse('2026-11-28T12:00:00Z')
const [pair, forger] = [ipnsKeyPair(newIpnsSeed()), ipnsKeyPair(newIpnsSeed())]
const record = (sequence: bigint, { by = pair, validity = '2099-01-01T00:00:00Z' } = {}) =>
  createIpnsRecord(by.privateKey, { value: '/ipfs/bafkqaaa', sequence, validity, ttlSeconds: 60 })

it('is the one with the highest sequence, and of the same sequence that which ends last', () => {
  const longer = record(10n, { validity: '2100-01-01T00:00:00Z' })
  expect(newestRecord(pair.name, [record(2n), record(10n), longer, record(9n)], NOW)?.bytes).toEqual(longer)
})

it('is none that is forged, over or nonsense', () => {
  const bad = [record(99n, { by: forger }), record(98n, { validity: '2026-11-28T11:59:59Z' }), Buffer.from('no')]
  expect(newestRecord(pair.name, [...bad, record(1n)], NOW)?.bytes).toEqual(record(1n))
  expect(newestRecord(pair.name, bad, NOW)).toBeUndefined()
  expect(newestRecord(pair.name, [], NOW)).toBeUndefined()
})
