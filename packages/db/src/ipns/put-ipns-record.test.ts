import { randomUUIDv7 } from 'node:crypto'
import { createIpnsRecord } from '@packages/content/ipns/create-ipns-record'
import { ipnsKeyPair, newIpnsSeed } from '@packages/content/ipns/ipns-key-pair'
import { readIpnsRecord } from '@packages/content/ipns/ipns-record'
import * as fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { seedOrganization } from '../test-database/seed.ts'
import { startTestDatabase, type TestDatabase } from '../test-database.ts'
import { forgetNames } from './forget-names.ts'
import { MOST_A_MINUTE, putIpnsRecord } from './put-ipns-record.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await startTestDatabase()
})
afterAll(() => database.stop())

const newPair = () => ipnsKeyPair(newIpnsSeed())
const recordOf = ({ privateKey }: ReturnType<typeof newPair>, sequence: bigint, value = '/ipfs/bafkqaaa') =>
  createIpnsRecord(privateKey, { value, sequence, validity: '2099-01-01T00:00:00Z', ttlSeconds: 60 })
const put = async (key: string, record: Buffer, register = true) =>
  (await database.db.unitOfWork.run((uow) => putIpnsRecord(uow, { key, record, register }))).result
const heldSequence = async (name: string): Promise<bigint> => {
  const query = database.db.kysely.selectFrom('ipns_names').select('record').where('name', '=', name)
  return readIpnsRecord((await query.executeTakeFirstOrThrow()).record).sequence
}
const historyOf = async (name: string): Promise<bigint[]> => {
  const query = database.db.kysely.selectFrom('ipns_publications').select('sequence').where('name', '=', name)
  return (await query.orderBy('id').execute()).map(({ sequence }) => BigInt(sequence))
}
const told = async (name: string): Promise<number> => {
  const query = database.db.kysely.selectFrom('policy_log').select('payload').where('kind', '=', 'ipns.published')
  return (await query.execute()).filter(({ payload }) => (payload as { name: string }).name === name).length
}

it('whatever comes at once and in whatever order, the newest is in force, the history rises, and each change is told', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.bigInt({ min: 0n, max: 12n }), { minLength: 1, maxLength: 8 }), async (sequences) => {
      const pair = newPair()
      const outcomes = await Promise.all(sequences.map((sequence) => put(pair.name, recordOf(pair, sequence))))
      const newest = sequences.reduce((a, b) => (a > b ? a : b))
      expect(await heldSequence(pair.name)).toBe(newest)
      const history = await historyOf(pair.name)
      expect(history.every((sequence, at) => at === 0 || sequence > (history[at - 1] ?? 0n))).toBe(true)
      expect(history.at(-1)).toBe(newest)
      const stored = outcomes.filter((outcome) => outcome === 'stored').length
      expect([history.length, await told(pair.name)]).toEqual([stored, stored])
    }),
    { numRuns: 15, seed: 162 },
  )
})

it('strangers change a name some times a minute and no more, however many records its key has signed', async () => {
  const pair = newPair()
  for (let sequence = 1; sequence <= MOST_A_MINUTE; sequence++)
    expect(await put(pair.name, recordOf(pair, BigInt(sequence)), sequence === 1)).toBe('stored')
  const next = recordOf(pair, 100n)
  expect(await put(pair.name, next, false)).toBe('too often')
  expect([(await historyOf(pair.name)).length, await told(pair.name)]).toEqual([MOST_A_MINUTE, MOST_A_MINUTE])
  await database.db.kysely
    .updateTable('ipns_publications')
    .set({ created_at: new Date(Date.now() - 61_000) })
    .where('name', '=', pair.name)
    .execute()
  expect(await put(pair.name, next, false)).toBe('stored')
})

it('a name that nobody registered is not taken, and nothing is written of it', async () => {
  const pair = newPair()
  expect(await put(pair.name, recordOf(pair, 1n), false)).toBe('unknown')
  expect([await historyOf(pair.name), await told(pair.name)]).toEqual([[], 0])
})

it('a record that is not the name’s own is refused before anything is locked or written', async () => {
  const [pair, forger] = [newPair(), newPair()]
  await put(pair.name, recordOf(pair, 1n))
  await expect(put(pair.name, recordOf(forger, 99n))).rejects.toThrow('not signed')
  expect(await heldSequence(pair.name)).toBe(1n)
})

it('gateways hear of the names of an organization that is erased', async () => {
  const [{ organizationId }, pair] = [await seedOrganization(database.db), newPair()]
  await database.db.kysely
    .insertInto('ipns_keys')
    .values({
      id: randomUUIDv7(),
      organization_id: organizationId,
      label: 'a',
      name: pair.name,
      private_sealed: Buffer.of(1),
    })
    .execute()
  await database.db.kysely.transaction().execute((tx) => forgetNames(tx, []))
  expect(await told(pair.name)).toBe(0)
  await database.db.kysely.transaction().execute((tx) => forgetNames(tx, [organizationId]))
  expect(await told(pair.name)).toBe(1)
})

it('a name of an organization that is suspended is changed by nobody, until it is restored', async () => {
  const { organizationId } = await seedOrganization(database.db)
  const pair = newPair()
  expect(await put(pair.name, recordOf(pair, 1n))).toBe('stored')
  const key = { id: randomUUIDv7(), organization_id: organizationId, label: 'a', name: pair.name }
  await database.db.kysely
    .insertInto('ipns_keys')
    .values({ ...key, private_sealed: Buffer.from('sealed') })
    .execute()
  const setState = (state: 'active' | 'suspended') =>
    database.db.kysely.updateTable('organizations').set({ state }).where('id', '=', organizationId).execute()
  await setState('suspended')
  expect(await put(pair.name, recordOf(pair, 2n), false)).toBe('unknown')
  expect(await heldSequence(pair.name)).toBe(1n)
  await setState('active')
  expect(await put(pair.name, recordOf(pair, 2n), false)).toBe('stored')
})
