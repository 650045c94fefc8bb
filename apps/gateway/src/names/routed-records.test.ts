import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { OutgoingCalls } from '@packages/runtime/outgoing/outgoing-calls'
import { afterEach, describe, expect, it } from 'vitest'
import { ipnsKey, makeIpnsRecord } from '../test-support/make-ipns-record.ts'
import { networksOf } from '../primary/network-of.ts'
import { type FindInDht, type Routed, RoutedRecords } from './routed-records.ts'

const key = ipnsKey('routed')
const ONE = networksOf('192.0.2.1')
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

const routed = (origins: string[], dht?: FindInDht, graceMs = 10_000) => {
  let now = NOW
  const outgoing = new OutgoingCalls({ steeredBy: 'operator', maxBodyBytes: 16_384 })
  const others = { origins, outgoing, now: () => now, graceMs, ...(dht === undefined ? {} : { dht }) }
  return { records: new RoutedRecords(others), wait: (ms: number) => (now += ms) }
}

const isFailed = (failure: string) => (answer: Routed) =>
  answer !== undefined && 'failure' in answer && answer.failure === failure

describe('records of delegated routers', () => {
  it('are asked for by the specification, and kept for their time', async () => {
    const asked: string[] = []
    const { records, wait } = routed([await giving(record(1n, { ttlSeconds: 120 }), asked)])
    expect(await records.find(key.name, ONE)).toEqual(record(1n, { ttlSeconds: 120 }))
    wait(119_000)
    await records.find(key.name, ONE)
    expect(asked).toEqual([`application/vnd.ipfs.ipns-record /routing/v1/ipns/${key.name}`])
    wait(1_000)
    await records.find(key.name, ONE)
    expect(asked).toHaveLength(2)
  })

  it('the newest of all counts', async () => {
    const { records } = routed([await giving(record(2n)), await giving(record(10n)), await giving(record(9n))])
    expect(await records.find(key.name, ONE)).toEqual(record(10n))
  })

  it.each([
    ['signed by another key', makeIpnsRecord(ipnsKey('forger'), { value: '/ipfs/evil', sequence: 99n })],
    ['that has ended', record(99n, { validUntil: '2026-11-28T11:59:59Z' })],
    ['that is none', Buffer.from('nonsense')],
    ['that is too long', Buffer.alloc(11_000)],
  ])('one %s is not believed', async (_, bytes) => {
    expect(await routed([await giving(bytes)]).records.find(key.name, ONE)).toBeUndefined()
    const { records } = routed([await giving(bytes), await giving(record(1n))])
    expect(await records.find(key.name, ONE)).toEqual(record(1n))
  })

  it('IPIP-513: another type, or 404, is none', async () => {
    const { records } = routed([await giving(Buffer.from('none'), [], 'text/plain'), await failing(404)])
    expect(await records.find(key.name, ONE)).toBeUndefined()
  })

  it('one that fails does not hide another’s, and alone it is no answer', async () => {
    const { records } = routed([await failing(500), await giving(record(1n))])
    expect(await records.find(key.name, ONE)).toEqual(record(1n))
    for (const status of [500, 429])
      expect(await routed([await failing(status)]).records.find(key.name, ONE)).toMatchObject({
        failure: 'unavailable',
      })
    expect(await routed(['http://127.0.0.1:1']).records.find(key.name, ONE)).toMatchObject({ failure: 'unavailable' })
  })

  it('an older one does not come back when the newer one is asked for again, until that has ended', async () => {
    const newer = record(2n, { ttlSeconds: 60, validUntil: '2026-11-28T13:00:00Z' })
    let given = newer
    let status = 200
    const origin = await router((_request, response) =>
      response.writeHead(status, { 'content-type': 'application/vnd.ipfs.ipns-record' }).end(given),
    )
    const { records, wait } = routed([origin])
    expect(await records.find(key.name, ONE)).toEqual(newer)
    status = 404
    wait(61_000)
    expect(await records.find(key.name, ONE)).toBeUndefined()
    status = 200
    given = record(1n)
    wait(61_000)
    expect(await records.find(key.name, ONE)).toEqual(newer)
    wait(3_600_000)
    expect(await records.find(key.name, ONE)).toEqual(record(1n))
  })

  it('redirects are not followed', async () => {
    const target = await giving(record(1n))
    const moved = await router((request, response) =>
      response.writeHead(302, { location: `${target}${request.url}` }).end(),
    )
    expect(await routed([moved]).records.find(key.name, ONE)).toBeUndefined()
  })

  it('without routers nobody is asked', async () => {
    expect(await routed([]).records.find(key.name, ONE)).toBeUndefined()
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
    expect(await routed([await giving(record(5n))], peers).records.find(key.name, ONE)).toEqual(record(7n))
    expect(await routed([await giving(record(8n))], peers).records.find(key.name, ONE)).toEqual(record(8n))
    expect(await routed([], has(forged)).records.find(key.name, ONE)).toBeUndefined()
  })

  it('a walk that takes its time holds up nobody, and what it finds is there the next time', async () => {
    const walk = Promise.withResolvers<Uint8Array[]>()
    const { records } = routed([await giving(record(1n, { ttlSeconds: 600 }))], () => walk.promise, 50)
    expect(await records.find(key.name, ONE)).toEqual(record(1n, { ttlSeconds: 600 }))
    walk.resolve([record(2n)])
    await expect.poll(() => records.find(key.name, ONE)).toEqual(record(2n))
  })

  it('where there is nobody to ask, and where a walk fails', async () => {
    expect(await routed([], async () => null).records.find(key.name, ONE)).toBeUndefined()
    expect(await routed([], refusing).records.find(key.name, ONE)).toMatchObject({ failure: 'unavailable' })
    expect(await routed([await giving(record(1n))], refusing).records.find(key.name, ONE)).toEqual(record(1n))
  })

  it('so many walks go on at a time: of one client, of an IPv6 /48, and in all', async () => {
    const walked: string[] = []
    const open = Promise.withResolvers<null>()
    const { records } = routed([], (name) => {
      walked.push(name)
      return open.promise
    })
    const answers: Promise<Routed>[] = []
    const ask = async (names: number, ...from: string[]) => {
      for (const [at, address] of from.entries())
        for (let name = 0; name < names; name++)
          answers.push(records.find(ipnsKey(`${address} ${at} ${name}`).name, networksOf(address)))
    }
    await ask(20, '192.0.2.1')
    await expect.poll(() => walked.length).toBe(4)
    await ask(20, ...['1', '2', '3', '4'].map((at) => `2001:db8:1:${at}::1`))
    await expect.poll(() => walked.length).toBe(12)
    await ask(1, '192.0.2.2', '2001:db8:2::1', '192.0.2.3', '192.0.2.4', '192.0.2.5')
    await expect.poll(() => walked.length).toBe(16)
    open.resolve(null)
    const given = await Promise.all(answers)
    expect(given.filter(isFailed('limited'))).toHaveLength(16 + 72)
    expect(given.filter(isFailed('unavailable'))).toHaveLength(1)
    await records.find(key.name, ONE)
    expect(walked).toHaveLength(17)
  })

  it('who may have no more walks keeps nobody else from an answer, and has those of routers', async () => {
    const open = Promise.withResolvers<null>()
    const greedy = networksOf('192.0.2.66')
    const known = ipnsKey('known to a router')
    const given = makeIpnsRecord(known, { value: '/ipfs/a' })
    const origin = await router((request, response) => {
      const isKnown = request.url?.endsWith(known.name) === true
      response.writeHead(isKnown ? 200 : 404, { 'content-type': 'application/vnd.ipfs.ipns-record' }).end(given)
    })
    const { records } = routed([origin], async (name) => (name === key.name ? [record(1n)] : open.promise))
    const walking = Array.from({ length: 4 }, (_, at) => records.find(ipnsKey(`walk ${at}`).name, greedy))
    const [refused, besides] = [records.find(key.name, greedy), records.find(key.name, ONE)]
    expect([await refused, await besides]).toEqual([expect.objectContaining({ failure: 'limited' }), record(1n)])
    expect(await records.find(known.name, greedy)).toEqual(given)
    open.resolve(null)
    await Promise.all(walking)
  })
})

it('so many look-ups of one client go on at a time, and others are served', async () => {
  let asked = 0
  const gate = Promise.withResolvers<void>()
  const origin = await router((_request, response) => {
    asked++
    void gate.promise.then(() => response.writeHead(404).end())
  })
  const { records } = routed([origin])
  const answers = Array.from({ length: 20 }, (_, at) => records.find(ipnsKey(`name ${at}`).name, ONE))
  await expect.poll(() => asked).toBe(16)
  const other = records.find(key.name, networksOf('192.0.2.2'))
  await expect.poll(() => asked).toBe(17)
  gate.resolve()
  expect((await Promise.all(answers)).filter(isFailed('limited'))).toHaveLength(4)
  expect(await other).toBeUndefined()
})
