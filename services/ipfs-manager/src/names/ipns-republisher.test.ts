import { randomUUIDv7 } from 'node:crypto'
import { silentLogger } from '@packages/runtime/minimal-logger'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { startTestDatabase, type TestDatabase } from '@packages/db/test-database'
import { seedOrganization } from '@packages/db/test-database/seed'
import { parseCid } from '@packages/shared/cid'
import { takedownKey } from '@packages/shared/takedown'
import type { DhtRouting } from '../network/dht-routing.ts'
import { nameOfRoutingKey, routingKeyOf } from '../network/ipns-values.ts'
import { bring, newPair, publishAs, recordOf } from '../testing/test-ipns.ts'
import { startTestNetwork, type TestNetwork } from '../testing/test-network.ts'
import { IpnsRepublisher, type IpnsRepublisherDeps } from './ipns-republisher.ts'
import type { IpnsRouting } from './ipns-routing.ts'

const HOUR_MS = 3_600_000

/** Three nodes of a DHT on loopback: ours, one that keeps its records, and a stranger who knows that one alone. */
let database: TestDatabase
let ours: TestNetwork
let keeper: TestNetwork
let stranger: TestNetwork
beforeAll(async () => {
  ;[database, keeper] = await Promise.all([startTestDatabase(), startTestNetwork()])
  const bootstrap = [keeper.address]
  ;[ours, stranger] = await Promise.all([startTestNetwork({ bootstrap }), startTestNetwork({ bootstrap })])
  for (const one of [ours, stranger])
    await vi.waitUntil(async () => (await one.network.routing())?.isAlone === false, { timeout: 20_000 })
})
afterAll(() => Promise.all([ours.stop(), keeper.stop(), stranger.stop(), database.stop()]))
beforeEach(() => database.db.kysely.deleteFrom('ipns_names').execute())

const signal = () => AbortSignal.timeout(20_000)
const republisher = (over: Partial<IpnsRepublisherDeps> = {}): IpnsRepublisher =>
  new IpnsRepublisher({ db: database.db, routing: () => ours.network.routing(), logger: silentLogger, ...over })
const routingOf = async ({ network }: TestNetwork): Promise<DhtRouting> => {
  const routing = await network.routing()
  if (routing === null) throw new Error('it is not up')
  return routing
}
const foundBy = async (one: TestNetwork, name: string): Promise<Buffer[]> =>
  ((await (await routingOf(one)).findValues(routingKeyOf(name), signal())) ?? []).map((value) => Buffer.from(value))
const rowOf = (name: string) =>
  database.db.kysely.selectFrom('ipns_names').selectAll().where('name', '=', name).executeTakeFirstOrThrow()
const at = (ms: number) => ({ now: () => Date.now() + ms })

describe('a record', () => {
  it('is found by a stranger once the network was told, and not before', async () => {
    const pair = newPair()
    const record = recordOf(pair)
    await bring(database.db, pair, record)
    expect(await foundBy(stranger, pair.name)).toEqual([])
    expect(await republisher().run(signal())).toBe(1)
    expect(await foundBy(stranger, pair.name)).toEqual([record])
    // Ours alone is no word of the network.
    expect(await foundBy(ours, pair.name)).toEqual([record])
    expect((await rowOf(pair.name)).republished_at).toBeInstanceOf(Date)
  })

  it('is told again every four hours until its signed end, without its key', async () => {
    const pair = newPair()
    await bring(database.db, pair, recordOf(pair, { lifeMs: 10 * HOUR_MS }))
    const told: number[] = []
    for (let hour = 0; hour < 16; hour++) if ((await republisher(at(hour * HOUR_MS)).run(signal())) > 0) told.push(hour)
    expect(told).toEqual([0, 4, 8])
  })

  it('that is replaced is told at once', async () => {
    const pair = newPair()
    await bring(database.db, pair, recordOf(pair))
    await republisher().run(signal())
    const newer = recordOf(pair, { sequence: 2n })
    await bring(database.db, pair, newer)
    expect(await republisher(at(1_000)).run(signal())).toBe(1)
    expect(await foundBy(stranger, pair.name)).toEqual([newer])
  })

  it('gives way to a newer one of the network, which comes into force here', async () => {
    const pair = newPair()
    await bring(database.db, pair, recordOf(pair))
    const newer = recordOf(pair, { sequence: 9n })
    expect(await (await routingOf(stranger)).putValue(routingKeyOf(pair.name), newer, signal())).toBeGreaterThan(0)
    expect(await republisher().run(signal())).toBe(1)
    expect((await rowOf(pair.name)).record).toEqual(newer)
    expect(await foundBy(ours, pair.name)).toEqual([newer])
  })

  it('of an own key goes out without asking; those of suspended organizations do not', async () => {
    const { organizationId } = await seedOrganization(database.db)
    const pair = newPair()
    await publishAs(database.db, organizationId, { pair, record: recordOf(pair) })
    const asked: string[] = []
    const findValues: IpnsRouting['findValues'] = async () => {
      asked.push('asked')
      return []
    }
    const dht = await routingOf(ours)
    const putValue = dht.putValue.bind(dht)
    const routing = async (): Promise<IpnsRouting> => ({ isAlone: false, findValues, putValue })
    const setState = (state: 'active' | 'suspended') =>
      database.db.kysely.updateTable('organizations').set({ state }).where('id', '=', organizationId).execute()
    await setState('suspended')
    expect(await republisher({ routing }).run(signal())).toBe(0)
    await setState('active')
    expect(await republisher({ routing }).run(signal())).toBe(1)
    expect(asked).toEqual([])
  })

  it('of a name that is taken down is not told, until the takedown is lifted', async () => {
    const pair = newPair()
    await bring(database.db, pair, recordOf(pair))
    const takedown = { id: randomUUIDv7(), cid: pair.name, multihash: takedownKey(parseCid(pair.name)), status: 451 }
    const values = { ...takedown, case_number: 'case 1', reason: 'a court order' }
    await database.db.kysely.insertInto('takedowns').values(values).execute()
    expect(await republisher().run(signal())).toBe(0)
    expect(await foundBy(stranger, pair.name)).toEqual([])
    await database.db.kysely.updateTable('takedowns').set({ lifted_at: new Date() }).execute()
    expect(await republisher(at(6 * 60_000)).run(signal())).toBe(1)
  })

  it('that a denylist names, or that leads to what is denied, is not told while it is', async () => {
    const [named, leading, newer, other] = [newPair(), newPair(), newPair(), newPair()]
    const denied = new Set([named.name, '/ipfs/bafkqaaia'])
    for (const pair of [named, newer, other]) await bring(database.db, pair, recordOf(pair))
    await bring(database.db, leading, recordOf(leading, { value: '/ipfs/bafkqaaia' }))
    const told: string[] = []
    const putValue: IpnsRouting['putValue'] = async (key) => {
      told.push(nameOfRoutingKey(key))
      return 1
    }
    const findValues: IpnsRouting['findValues'] = async (key) =>
      nameOfRoutingKey(key) === newer.name ? [recordOf(newer, { sequence: 9n, value: '/ipfs/bafkqaaia' })] : []
    const routing = async (): Promise<IpnsRouting> => ({ isAlone: false, findValues, putValue })
    const isDenied = (name: string, value: string) => denied.has(name) || denied.has(value)
    expect(await republisher({ routing, isDenied }).run(signal())).toBe(1)
    expect(told).toEqual([other.name])
    denied.clear()
    expect(await republisher({ routing, isDenied, ...at(6 * 60_000) }).run(signal())).toBe(3)
  })

  it('waits in its row while there is no network, and for a while when nobody takes it', async () => {
    const pair = newPair()
    await bring(database.db, pair, recordOf(pair))
    expect(await republisher({ routing: async () => null }).run(signal())).toBe(0)
    const deaf: IpnsRouting = { isAlone: false, findValues: async () => [], putValue: async () => 0 }
    expect(await republisher({ routing: async () => deaf }).run(signal())).toBe(0)
    expect(await rowOf(pair.name)).toMatchObject({ republished_at: null })
    expect(await republisher().run(signal())).toBe(0)
    expect(await republisher(at(6 * 60_000)).run(signal())).toBe(1)
  })

  it('is told by one process of several', async () => {
    const pairs = Array.from({ length: 20 }, newPair)
    for (const pair of pairs) await bring(database.db, pair, recordOf(pair))
    const told: string[] = []
    const putValue: IpnsRouting['putValue'] = async (key) => {
      told.push(Buffer.from(key).toString('hex'))
      return 1
    }
    const routing = async (): Promise<IpnsRouting> => ({ isAlone: false, findValues: async () => [], putValue })
    const counts = await Promise.all([1, 2, 3].map(() => republisher({ routing }).run(signal())))
    expect(counts.reduce((sum, count) => sum + count)).toBe(20)
    expect(new Set(told).size).toBe(20)
  })
})

it('what nobody has signed is refused by peers', async () => {
  const [pair, forger] = [newPair(), newPair()]
  const routing = await routingOf(ours)
  expect(await routing.putValue(routingKeyOf(pair.name), recordOf(forger), signal())).toBe(0)
  expect(await foundBy(stranger, pair.name)).toEqual([])
})
