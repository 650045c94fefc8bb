import { randomBytes } from 'node:crypto'
import { MasterKey } from '@packages/runtime/master-key'
import { givenKeys, type MasterKeySource } from '@packages/runtime/master-keys/master-key-source'
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startTestDatabase, type TestDatabase } from '../test-database.ts'
import { testKeys } from '../test-keys.ts'
import { MasterKeyUnavailableError } from './master-keys.ts'
import { type Keys, openKeys } from './open-keys.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await startTestDatabase()
})
afterAll(() => database.stop())
beforeEach(() => database.clear())

const id = (): string => crypto.randomUUID()

const addOrganization = async (): Promise<string> => {
  const organization = id()
  await database.db.kysely
    .insertInto('organizations')
    .values({ id: organization, name: 'a', slug: organization })
    .execute()
  return organization
}

const createRoot = ({ rootKeys }: Keys, organization: string, content: string): Promise<Uint8Array> =>
  database.db.kysely.transaction().execute((tx) => rootKeys.createRootKey(tx, organization, content))

const memorySource = (): MasterKeySource & { keys: readonly Uint8Array[] } => {
  const source = {
    place: 'memory',
    keys: [] as readonly Uint8Array[],
    read: async () => source.keys,
    write: async (keys: readonly Uint8Array[]) => void (source.keys = keys),
  }
  return source
}
const open = (source: MasterKeySource, create = true): Promise<Keys> =>
  openKeys({ kysely: database.db.kysely, source, create })
const makeSigningKey = () =>
  database.db.kysely
    .insertInto('signing_keys')
    .values({ kid: 'old', public_jwk: '{}', private_sealed: Buffer.alloc(1) })
    .execute()

describe('the master key', () => {
  test('is made once, and the secret that the platform derives from is another', async () => {
    const source = memorySource()
    const keys = await open(source)
    const made = source.keys
    expect(made).toHaveLength(1)
    expect(keys.masterKey.derive('x')).not.toEqual(new MasterKey(made[0] ?? Buffer.of()).derive('x'))
    expect((await open(source)).masterKey.derive('x')).toEqual(keys.masterKey.derive('x'))
    expect(source.keys).toBe(made)
  })

  test('of an installation of an earlier release stays what the platform derives from', async () => {
    await makeSigningKey()
    const old = randomBytes(32)
    const keys = await open(givenKeys([old]))
    expect(keys.fits).toBe(true)
    expect(keys.masterKey.derive('x')).toEqual(new MasterKey(old).derive('x'))
    const sealed = new MasterKey(old).seal(Buffer.from('a'), 'mail/1')
    expect(keys.masterKey.open(sealed, 'mail/1').toString()).toBe('a')
  })

  test('of such an installation is not made anew when it is lost', async () => {
    await makeSigningKey()
    const source = memorySource()
    await expect(open(source)).rejects.toThrow('The master key is missing: put memory back')
    expect(source.keys).toEqual([])
  })

  test('that was used before and is missing is told, and none is made', async () => {
    await open(memorySource())
    const empty = memorySource()
    await expect(open(empty)).rejects.toThrow('The master key is missing')
    expect(empty.keys).toEqual([])
  })

  test('of another installation opens no tenant’s key, and is told', async () => {
    const organization = await addOrganization()
    const content = id()
    await createRoot(await testKeys(database.db), organization, content)
    const foreign = await testKeys(database.db)
    expect(foreign.fits).toBe(false)
    await expect(foreign.rootKeys.openRootKey(database.db.kysely, organization, content)).rejects.toThrow(
      MasterKeyUnavailableError,
    )
    await expect(createRoot(foreign, await addOrganization(), id())).rejects.toThrow(MasterKeyUnavailableError)
  })

  test('is made once by processes that start at the same time', async () => {
    const source = memorySource()
    const opened = await Promise.all([1, 2, 3, 4].map(() => open(source)))
    expect(new Set(opened.map(({ masterKey }) => Buffer.from(masterKey.derive('x')).toString('hex'))).size).toBe(1)
  })

  test('is not made by a process that only reads', async () => {
    await expect(open(memorySource(), false)).rejects.toThrow('start the role api first')
  })

  test('is nowhere in the database, and no key in clear', async () => {
    const master = randomBytes(32)
    const keys = await testKeys(database.db, master)
    const organization = await addOrganization()
    const root = await createRoot(keys, organization, id())
    const { rows } = await sql<{ all: string }>`
      select (select json_agg(m) from master_keys m)::text || (select json_agg(t) from tenant_keys t)::text
        || (select json_agg(r) from root_keys r)::text as all
    `.execute(database.db.kysely)
    for (const secret of [master, root, keys.masterKeys.secret])
      expect(rows[0]?.all).not.toContain(Buffer.from(secret).toString('hex'))
  })
})
