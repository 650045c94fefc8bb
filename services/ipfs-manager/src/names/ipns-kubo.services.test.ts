import { startTestDatabase, type TestDatabase } from '@packages/db/test-database'
import { silentLogger } from '@packages/runtime/minimal-logger'
import { type KuboNode, startKuboNode } from '@packages/testkit/kubo-node'
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest'
import { KuboClient } from '../kubo/kubo-client.ts'
import { KuboRpc } from '../kubo/kubo-rpc.ts'
import { KuboValues } from '../kubo/kubo-values.ts'
import { routingKeyOf } from '../network/ipns-values.ts'
import { bring, newPair, recordOf, VALUE } from '../testing/test-ipns.ts'
import { startTestNetwork, type TestNetwork } from '../testing/test-network.ts'
import { IpnsRepublisher } from './ipns-republisher.ts'
import type { IpnsRouting } from './ipns-routing.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await startTestDatabase()
})
afterAll(() => database.stop())

const signal = () => AbortSignal.timeout(30_000)
const tell = (routing: IpnsRouting): Promise<number> =>
  new IpnsRepublisher({ db: database.db, routing: async () => routing, logger: silentLogger }).run(signal())

describe('by our own node', () => {
  let kubo: KuboNode
  let ours: TestNetwork
  let routing: IpnsRouting
  beforeAll(async () => {
    kubo = await startKuboNode({ routing: 'dht' })
    ours = await startTestNetwork({ bootstrap: [kubo.swarm] })
    routing = await vi.waitUntil(
      async () => {
        const found = await ours.network.routing()
        return found === null || found.isAlone ? null : found
      },
      { timeout: 30_000 },
    )
  }, 60_000)
  afterAll(async () => {
    await ours.stop()
    await kubo[Symbol.asyncDispose]()
  })

  it('a Kubo resolves what we publish, and follows a newer record', async () => {
    const pair = newPair()
    await bring(database.db, pair, recordOf(pair))
    expect(await tell(routing)).toBe(1)
    expect(await kubo.ipfs('name', 'resolve', '--nocache', pair.name)).toBe(VALUE)
    await bring(database.db, pair, recordOf(pair, { sequence: 2n, value: `${VALUE}/a` }))
    expect(await tell(routing)).toBe(1)
    const resolve = () => kubo.ipfs('name', 'resolve', '--nocache', pair.name)
    await expect.poll(resolve, { timeout: 20_000 }).toBe(`${VALUE}/a`)
  })

  it('we find what a Kubo publishes', async () => {
    const name = (await kubo.ipfs('key', 'gen', '--ipns-base=base36', 'theirs')).trim()
    await kubo.ipfs('name', 'publish', '--key=theirs', '--allow-offline', VALUE)
    const values = await routing.findValues(routingKeyOf(name), signal())
    expect(values).toHaveLength(1)
  })
})

describe('by nodes of Kubo', () => {
  const clients = inject('kuboFleet').map(({ api, token }) => new KuboClient(new KuboRpc({ url: api, token })))
  beforeAll(async () => {
    const args = [inject('kuboFleet')[0]?.swarm ?? '']
    for (const { rpc } of clients.slice(1)) await rpc.json('swarm/connect', { args, timeoutMs: 20_000 })
  })
  afterAll(() => {
    for (const { rpc } of clients) rpc.stop()
  })

  it('what one was told another finds', async () => {
    const pair = newPair()
    const record = recordOf(pair)
    const [first, others] = [new KuboValues(clients.slice(0, 1)), new KuboValues(clients.slice(1))]
    expect(await others.findValues(routingKeyOf(pair.name), signal())).toEqual([])
    await bring(database.db, pair, record)
    expect(await tell(first)).toBe(1)
    const found = (await others.findValues(routingKeyOf(pair.name), signal())) ?? []
    expect(found.map((value) => Buffer.from(value))).toContainEqual(record)
  })

  it('are not told what the name’s key has not signed', async () => {
    const values = new KuboValues(clients)
    expect(await values.putValue(routingKeyOf(newPair().name), recordOf(newPair()), signal())).toBe(0)
  })

  it('without peers have told nobody', async () => {
    await using alone = await startKuboNode({ routing: 'dht' })
    const client = new KuboClient(new KuboRpc({ url: alone.api, token: alone.token }))
    const pair = newPair()
    const told = new KuboValues([client]).putValue(routingKeyOf(pair.name), recordOf(pair), signal())
    expect(await told.finally(() => client.rpc.stop())).toBe(0)
  })

  it('that are away or have no peers are passed by for others, and with none but those nothing is said', async () => {
    await using lonely = await startKuboNode({ routing: 'dht' })
    const [away, alone] = [
      new KuboClient(new KuboRpc({ url: 'http://127.0.0.1:1', token: null })),
      new KuboClient(new KuboRpc({ url: lonely.api, token: lonely.token })),
    ]
    const [pair, first] = [newPair(), new KuboValues(clients.slice(0, 1))]
    const [key, record] = [routingKeyOf(pair.name), recordOf(pair)]
    expect(await first.putValue(key, record, signal())).toBe(1)
    try {
      for (const useless of [
        [away, away],
        [alone, alone],
      ]) {
        const found = await new KuboValues([...useless, ...clients.slice(1)]).findValues(key, signal())
        expect(found?.map((value) => Buffer.from(value))).toContainEqual(record)
        await expect(new KuboValues(useless).findValues(key, signal())).rejects.toThrow()
      }
    } finally {
      alone.rpc.stop()
    }
  })

  it('one that hangs holds up what another has for no longer than the grace', async () => {
    await using hanging = await startKuboNode({ routing: 'dht' })
    const client = new KuboClient(new KuboRpc({ url: hanging.api, token: hanging.token }))
    const [pair, first] = [newPair(), new KuboValues(clients.slice(0, 1))]
    const [key, record] = [routingKeyOf(pair.name), recordOf(pair)]
    expect(await first.putValue(key, record, signal())).toBe(1)
    await hanging.pause()
    try {
      const values = new KuboValues([client, ...clients.slice(1)])
      const begun = performance.now()
      const found = await values.findValues(key, AbortSignal.timeout(9_000), { graceMs: 500 })
      expect(found?.map((value) => Buffer.from(value))).toEqual([record])
      expect(performance.now() - begun).toBeLessThan(4_000)
    } finally {
      hanging.resume()
      client.rpc.stop()
    }
  })

  it('without any there is nobody to ask, and those that do not answer are no answer', async () => {
    expect(await new KuboValues([]).findValues(routingKeyOf(newPair().name), signal())).toBeNull()
    const away = new KuboClient(new KuboRpc({ url: 'http://127.0.0.1:1', token: null }))
    const [values, pair] = [new KuboValues([away]), newPair()]
    await expect(values.findValues(routingKeyOf(pair.name), signal())).rejects.toThrow()
    expect(await values.putValue(routingKeyOf(pair.name), recordOf(pair), signal())).toBe(0)
  })
})
