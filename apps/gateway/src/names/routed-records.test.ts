import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { OutgoingCalls } from '@packages/runtime/outgoing/outgoing-calls'
import { afterEach, describe, expect, it } from 'vitest'
import { ipnsKey, makeIpnsRecord } from '../test-support/make-ipns-record.ts'
import { type FindInDht, RoutedRecords } from './routed-records.ts'

const key = ipnsKey('routed')
const NOW = Date.parse('2026-11-28T12:00:00Z')
const record = (sequence: bigint, more: { ttlSeconds?: number; validUntil?: string } = {}) =>
  makeIpnsRecord(key, { value: `/ipfs/bafy${sequence}`, sequence, ...more })

const servers: Server[] = []
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    await new Promise((done) => server.close(done))
  }
})

/** A router on loopback. */
const router = async (listener: RequestListener): Promise<string> => {
  const server = createServer(listener).listen(0, '127.0.0.1')
  servers.push(server)
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const giving = (bytes: Buffer, asked: string[] = [], type = 'application/vnd.ipfs.ipns-record') =>
  router((request, response) => {
    asked.push(`${request.headers.accept} ${request.url}`)
    response.writeHead(200, { 'content-type': type }).end(bytes)
  })

const failing = (status: number) => router((_request, response) => response.writeHead(status).end('no'))

const routed = (origins: string[], dht?: FindInDht) => {
  let now = NOW
  const outgoing = new OutgoingCalls({ steeredBy: 'operator', maxBodyBytes: 16_384 })
  const others = { origins, outgoing, now: () => now, graceMs: 50, ...(dht === undefined ? {} : { dht }) }
  return { records: new RoutedRecords(others), wait: (ms: number) => (now += ms) }
}

describe('records of delegated routers', () => {
  it('are asked for by the specification, and kept for their time', async () => {
    const asked: string[] = []
    const { records, wait } = routed([await giving(record(1n, { ttlSeconds: 120 }), asked)])
    expect(await records.find(key.name)).toEqual(record(1n, { ttlSeconds: 120 }))
    wait(119_000)
    await records.find(key.name)
    expect(asked).toEqual([`application/vnd.ipfs.ipns-record /routing/v1/ipns/${key.name}`])
    wait(1_000)
    await records.find(key.name)
    expect(asked).toHaveLength(2)
  })

  it('the newest of all counts', async () => {
    const { records } = routed([await giving(record(2n)), await giving(record(10n)), await giving(record(9n))])
    expect(await records.find(key.name)).toEqual(record(10n))
  })

  it.each([
    ['signed by another key', makeIpnsRecord(ipnsKey('forger'), { value: '/ipfs/evil', sequence: 99n })],
    ['that has ended', record(99n, { validUntil: '2026-11-28T11:59:59Z' })],
    ['that is none', Buffer.from('nonsense')],
    ['that is too long', Buffer.alloc(11_000)],
  ])('one %s is not believed', async (_, bytes) => {
    expect(await routed([await giving(bytes)]).records.find(key.name)).toBeUndefined()
    const { records } = routed([await giving(bytes), await giving(record(1n))])
    expect(await records.find(key.name)).toEqual(record(1n))
  })

  it('IPIP-513: another type, or 404, is none', async () => {
    const { records } = routed([await giving(Buffer.from('none'), [], 'text/plain'), await failing(404)])
    expect(await records.find(key.name)).toBeUndefined()
  })

  it('one that fails does not hide another’s, and alone it is no answer', async () => {
    const { records } = routed([await failing(500), await giving(record(1n))])
    expect(await records.find(key.name)).toEqual(record(1n))
    expect(await routed([await failing(500)]).records.find(key.name)).toBe('unavailable')
    expect(await routed(['http://127.0.0.1:1']).records.find(key.name)).toBe('unavailable')
  })

  it('an older one does not come back when the newer one is asked for again, until that has ended', async () => {
    const newer = record(2n, { ttlSeconds: 60, validUntil: '2026-11-28T13:00:00Z' })
    let given = newer
    let status = 200
    const origin = await router((_request, response) =>
      response.writeHead(status, { 'content-type': 'application/vnd.ipfs.ipns-record' }).end(given),
    )
    const { records, wait } = routed([origin])
    expect(await records.find(key.name)).toEqual(newer)
    status = 404
    wait(61_000)
    expect(await records.find(key.name)).toBeUndefined()
    status = 200
    given = record(1n)
    wait(61_000)
    expect(await records.find(key.name)).toEqual(newer)
    wait(3_600_000)
    expect(await records.find(key.name)).toEqual(record(1n))
  })

  it('redirects are not followed', async () => {
    const target = await giving(record(1n))
    const moved = await router((request, response) =>
      response.writeHead(302, { location: `${target}${request.url}` }).end(),
    )
    expect(await routed([moved]).records.find(key.name)).toBeUndefined()
  })

  it('without routers nobody is asked', async () => {
    expect(await routed([]).records.find(key.name)).toBeUndefined()
  })
})

const has =
  (...values: Uint8Array[]): FindInDht =>
  async () =>
    values
const refusing: FindInDht = () => Promise.reject(new Error('no'))

describe('records of the DHT', () => {
  it('the newest that the name’s key has signed counts, of peers and routers', async () => {
    const forged = makeIpnsRecord(ipnsKey('forger'), { value: '/ipfs/evil', sequence: 99n })
    const peers = has(record(2n), forged, record(7n), Buffer.from('nonsense'))
    expect(await routed([await giving(record(5n))], peers).records.find(key.name)).toEqual(record(7n))
    expect(await routed([await giving(record(8n))], peers).records.find(key.name)).toEqual(record(8n))
    expect(await routed([], has(forged)).records.find(key.name)).toBeUndefined()
  })

  it('a walk that takes its time holds up nobody, and what it finds is there the next time', async () => {
    const walk = Promise.withResolvers<Uint8Array[]>()
    const { records } = routed([await giving(record(1n, { ttlSeconds: 600 }))], () => walk.promise)
    expect(await records.find(key.name)).toEqual(record(1n, { ttlSeconds: 600 }))
    walk.resolve([record(2n)])
    await expect.poll(() => records.find(key.name)).toEqual(record(2n))
  })

  it('where there is nobody to ask, and where a walk fails', async () => {
    expect(await routed([], async () => null).records.find(key.name)).toBeUndefined()
    expect(await routed([], refusing).records.find(key.name)).toBe('unavailable')
    expect(await routed([await giving(record(1n))], refusing).records.find(key.name)).toEqual(record(1n))
  })

  it('so many walks go on at a time, and no more', async () => {
    let walking = 0
    const open = Promise.withResolvers<null>()
    const { records } = routed([], () => {
      walking++
      return open.promise
    })
    const keys = Array.from({ length: 20 }, (_, at) => ipnsKey(`walk ${at}`).name)
    const answers = Promise.all(keys.map((name) => records.find(name)))
    await expect.poll(() => walking).toBe(8)
    open.resolve(null)
    expect((await answers).filter((answer) => answer === 'unavailable')).toHaveLength(12)
    expect(walking).toBe(8)
  })
})
