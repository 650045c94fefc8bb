import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { compareIpnsRecords, InvalidIpnsRecord, readIpnsRecord } from '@packages/content/ipns/ipns-record'
import { verifyIpnsRecord } from '@packages/content/ipns/verify-ipns-record'
import { parseCid } from '@packages/shared/cid'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { keyNameOf } from '../request/root-label.ts'
import { protobufField } from '@packages/content/ipns/create-ipns-record'
import { ipnsKey, makeIpnsRecord } from '../test-support/make-ipns-record.ts'

const VECTORS = join(import.meta.dirname, '../../fixtures/conformance')
const NOW = Date.parse('2026-11-28T12:00:00Z')

/** A vector by what its file's name says of it, and the name that it is of. */
const vector = (about: string) => {
  const file = readdirSync(VECTORS).find((name) => name.endsWith('.ipns-record') && name.includes(about)) ?? ''
  const name = keyNameOf(file.split('_', 1)[0] ?? '') ?? ''
  return { cid: parseCid(name), bytes: readFileSync(join(VECTORS, file)) }
}

const verify = (about: string) => {
  const { cid, bytes } = vector(about)
  return verifyIpnsRecord(cid, bytes, NOW)
}

const own = ipnsKey('own')
const problemOf = (bytes: Uint8Array, now = NOW, cid = own.cid): string => {
  try {
    verifyIpnsRecord(cid, bytes, now)
    return 'valid'
  } catch (error) {
    if (error instanceof InvalidIpnsRecord) return error.message
    throw error
  }
}

/** A record with fields of version 1, of which some are others than what is signed. */
const legacy = (change: Partial<Record<number, Buffer>>): Buffer => {
  const fields: Record<number, Buffer> = {
    1: protobufField(1, Buffer.from('/ipfs/bafy')),
    2: protobufField(2, Buffer.alloc(64)),
    3: protobufField(3, 0n),
    4: protobufField(4, Buffer.from('2099-01-01T00:00:00.000000000Z')),
    5: protobufField(5, 1n),
    6: protobufField(6, 0n),
    ...change,
  }
  return makeIpnsRecord(own, { value: '/ipfs/bafy', before: Buffer.concat(Object.values(fields)) })
}

describe('IPNS record specification, "Test Vectors"', () => {
  it('1. V1-only is invalid', () => {
    expect(() => verify('_v1_')).toThrow('no signature of version 2')
  })
  it('2. V1+V2, both signatures valid, is valid', () => {
    expect(verify('_v1-v2_')).toMatchObject({ value: '/ipfs/bafkqaddwgevxmmraojswg33smq', ttl: 1_800 })
  })
  it('3. V1+V2 whose value differs in V1 is invalid', () => {
    expect(() => verify('broken-v1-value')).toThrow('not what is signed')
  })
  it('4. V1+V2 with only signatureV1 valid is invalid', () => {
    expect(() => verify('broken-signature-v2')).toThrow('not signed by the key')
  })
  it('5. V1+V2 with only signatureV2 valid is valid', () => {
    expect(verify('broken-signature-v1').value).toBe('/ipfs/bafkqahtwgevxmmrao5uxi2bamjzg623fnyqhg2lhnzqxi5lsmuqhmmi')
  })
  it('6. V2-only is valid', () => {
    expect(verify('_v2_').value).toBe('/ipfs/bafkqadtwgiww63tmpeqhezldn5zgi')
  })
  it.each(['QmVujd5Vb7moysJj8itnGufN7MEtPRCNHkKpNuA4onsRa3', '12D3KooWLQzUv2FHWGVPXTXSZpdHs7oHbXub2G5WC8Tx4NQhyd2d'])(
    'an RSA and an Ed25519 key of Kubo: %s',
    (peer) => {
      expect(verify(peer).value).toMatch(/^\/ipfs\//)
    },
  )
})

describe('IPNS record specification, "Record Verification"', () => {
  const good = makeIpnsRecord(own, { value: '/ipfs/bafy', ttlSeconds: 60 })

  it('a record of ours is valid', () => {
    expect(problemOf(good)).toBe('valid')
    expect(readIpnsRecord(good)).toMatchObject({ value: '/ipfs/bafy', sequence: 1n, ttl: 60 })
  })
  it('step 1: more than 10 KiB is refused before it is read', () => {
    expect(problemOf(Buffer.concat([good, protobufField(15, Buffer.alloc(10_240))]))).toContain('10 KiB')
  })
  it('step 3: the key in the record has to be that of the name', () => {
    const other = ipnsKey('other')
    expect(problemOf(makeIpnsRecord(other, { value: '/ipfs/bafy' }))).toContain('not signed by the key')
    const withKey = makeIpnsRecord(other, { value: '/ipfs/bafy', before: protobufField(7, other.serialized) })
    expect(problemOf(withKey)).toContain('no public key')
    expect(problemOf(withKey, NOW, other.cid)).toBe('valid')
  })
  it('step 6: each bit of data and signature counts', () => {
    fc.assert(
      fc.property(fc.nat(good.length - 1), fc.integer({ min: 0, max: 7 }), (at, bit) => {
        const changed = Buffer.from(good)
        changed[at] = (changed[at] as number) ^ (1 << bit)
        expect(problemOf(changed)).not.toBe('valid')
      }),
      { numRuns: 200 },
    )
  })
  it('step 7: a field of version 1 that is not what is signed is refused, for each of them', () => {
    expect(problemOf(legacy({}))).toBe('valid')
    const changes = [
      { 1: protobufField(1, Buffer.from('/ipfs/evil')) },
      { 3: protobufField(3, 1n) },
      { 4: protobufField(4, Buffer.from('2199-01-01T00:00:00.000000000Z')) },
      { 5: protobufField(5, 2n) },
      { 6: protobufField(6, 9n) },
    ]
    for (const change of changes) expect(problemOf(legacy(change))).toContain('not what is signed')
  })
  it('step 8: what has ended is refused, to the millisecond', () => {
    const record = makeIpnsRecord(own, { value: '/ipfs/bafy', validUntil: '2026-11-28T12:00:00.000000001Z' })
    expect(problemOf(record, NOW - 1)).toBe('valid')
    expect(problemOf(record, NOW)).toContain('has ended')
  })
  it.each(['yesterday', '2099-01-01', '2099-13-01T00:00:00Z', '', '99999-01-01T00:00:00Z'])(
    '%j is no Validity',
    (time) => {
      expect(problemOf(makeIpnsRecord(own, { value: '/ipfs/bafy', validUntil: time }))).toContain('Validity')
    },
  )
  it.each(['', '/ipfs', '/ipfs/', 'https://evil.example/', '/ipfs/a\u0000b', `/ipfs/${'a'.repeat(5_000)}`])(
    '%j is no Value',
    (value) => {
      expect(problemOf(makeIpnsRecord(own, { value }))).toContain('no content path')
    },
  )
  it('any bytes are a record or no record, and never an error of another kind', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(problemOf(bytes)).not.toBe('valid')
      }),
    )
  })
})

const read = (options: Parameters<typeof makeIpnsRecord>[1]) => readIpnsRecord(makeIpnsRecord(own, options))

describe('which of two records is in force', () => {
  it('the higher sequence, as the numbers that they are', () => {
    const low = read({ value: '/ipfs/a', sequence: 9n, validUntil: '2199-01-01T00:00:00Z' })
    const high = read({ value: '/ipfs/a', sequence: 10n })
    const largest = read({ value: '/ipfs/a', sequence: 2n ** 64n - 1n })
    expect(compareIpnsRecords(high, low)).toBeGreaterThan(0)
    expect(compareIpnsRecords(low, high)).toBeLessThan(0)
    expect(compareIpnsRecords(largest, high)).toBeGreaterThan(0)
  })
  it('then the later end, then one and the same for everybody', () => {
    const early = read({ value: '/ipfs/b' })
    const late = read({ value: '/ipfs/a', validUntil: '2199-01-01T00:00:00Z' })
    expect(compareIpnsRecords(late, early)).toBeGreaterThan(0)
    const a = read({ value: '/ipfs/a' })
    expect(Math.sign(compareIpnsRecords(a, early))).toBe(-Math.sign(compareIpnsRecords(early, a)))
    expect(compareIpnsRecords(a, a)).toBe(0)
  })
})
