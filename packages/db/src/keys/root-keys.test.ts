import { randomBytes } from 'node:crypto'
import { silentLogger } from '@packages/runtime/minimal-logger'
import { SealingKey, UnsealError } from '@packages/runtime/sealing-key'
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openDatabase } from '../open-database.ts'
import { startTestDatabase, type TestDatabase } from '../test-database.ts'
import { testKeys } from '../test-keys.ts'
import type { Keys } from './open-keys.ts'
import { RootKeyUnknownError } from './root-keys.ts'
import { TenantKeyUnknownError } from './tenant-keys.ts'

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

describe('keys of tenants', () => {
  test('are made once, by many processes at once', async () => {
    const master = randomBytes(32)
    const organization = await addOrganization()
    await testKeys(database.db, master)
    const processes = await Promise.all(
      [1, 2, 3].map(async () => {
        const db = await openDatabase({ url: database.connection, logger: silentLogger, poolSize: 4 })
        return { db, keys: await testKeys(db, master) }
      }),
    )
    const derived = await Promise.all(
      processes.flatMap(({ db, keys }) =>
        [1, 2, 3, 4].map(() =>
          db.kysely
            .transaction()
            .execute(async (tx) => (await keys.tenantKeys.obtain(tx, organization)).derive('x').toString()),
        ),
      ),
    )
    expect(new Set(derived).size).toBe(1)
    await Promise.all(processes.map(({ db }) => db.close()))
  })

  test('one that was rolled back leaves nothing, and the next one makes its own', async () => {
    const keys = await testKeys(database.db)
    const organization = await addOrganization()
    const failing = database.db.kysely.transaction().execute(async (tx) => {
      await keys.tenantKeys.obtain(tx, organization)
      throw new Error('rolled back')
    })
    await expect(failing).rejects.toThrow('rolled back')
    await expect(keys.tenantKeys.open(database.db.kysely, organization)).rejects.toThrow(TenantKeyUnknownError)
    expect(await keys.tenantKeys.obtain(database.db.kysely, organization)).toBeInstanceOf(SealingKey)
  })

  test('go with the organization, and its root keys too', async () => {
    const keys = await testKeys(database.db)
    const organization = await addOrganization()
    const content = id()
    await createRoot(keys, organization, content)
    await database.db.kysely.deleteFrom('organizations').where('id', '=', organization).execute()
    for (const table of ['tenant_keys', 'root_keys'] as const)
      expect(await database.db.kysely.selectFrom(table).selectAll().execute()).toEqual([])
    await expect(keys.rootKeys.openRootKey(database.db.kysely, organization, content)).rejects.toThrow(
      RootKeyUnknownError,
    )
  })
})

describe('keys of roots', () => {
  let keys: Keys
  let organization: string
  let content: string
  let root: Uint8Array
  beforeEach(async () => {
    keys = await testKeys(database.db)
    organization = await addOrganization()
    content = id()
    root = await createRoot(keys, organization, content)
  })
  const open = (ofOrganization: string, ofContent: string): Promise<Uint8Array> =>
    keys.rootKeys.openRootKey(database.db.kysely, ofOrganization, ofContent)

  test('open as they were made, each another', async () => {
    const other = id()
    const second = await createRoot(keys, organization, other)
    expect(await open(organization, content)).toEqual(root)
    expect(await open(organization, other)).toEqual(second)
    expect(second).not.toEqual(root)
    expect(root).toHaveLength(32)
  })

  test('open for a row that was written by the content’s own statement', async () => {
    const other = id()
    const { key, row } = await keys.rootKeys.newRootKey(database.db.kysely, organization, other)
    await expect(open(organization, other)).rejects.toThrow(RootKeyUnknownError)
    await database.db.kysely.insertInto('root_keys').values(row).execute()
    expect(await open(organization, other)).toEqual(key)
  })

  test('are unknown to other organizations', async () => {
    await expect(open(await addOrganization(), content)).rejects.toThrow(RootKeyUnknownError)
  })

  test('do not open when two contents’ are swapped', async () => {
    const other = id()
    await createRoot(keys, organization, other)
    await sql`update root_keys r set wrapped = o.wrapped from root_keys o where o.content_id <> r.content_id`.execute(
      database.db.kysely,
    )
    for (const one of [content, other]) await expect(open(organization, one)).rejects.toThrow(UnsealError)
  })

  test('do not open when they are given to another organization', async () => {
    const stranger = await addOrganization()
    await keys.tenantKeys.obtain(database.db.kysely, stranger)
    await database.db.kysely.updateTable('root_keys').set({ organization_id: stranger }).execute()
    await expect(open(stranger, content)).rejects.toThrow(UnsealError)
  })

  test('do not open when the key of the tenant is swapped with another’s, or given along', async () => {
    const stranger = await addOrganization()
    await keys.tenantKeys.obtain(database.db.kysely, stranger)
    await sql`update tenant_keys t set wrapped = o.wrapped from tenant_keys o where o.organization_id <> t.organization_id`.execute(
      database.db.kysely,
    )
    await expect(open(organization, content)).rejects.toThrow(UnsealError)
    await database.db.kysely.updateTable('root_keys').set({ organization_id: stranger }).execute()
    await expect(open(stranger, content)).rejects.toThrow(UnsealError)
  })

  test.each(['root_keys', 'tenant_keys'] as const)('do not open when a bit of %s is changed', async (table) => {
    const { wrapped } = await database.db.kysely.selectFrom(table).select('wrapped').executeTakeFirstOrThrow()
    for (const at of [0, 1, 12, 13, 30, wrapped.length - 1]) {
      const changed = Buffer.from(wrapped)
      changed.writeUInt8(changed.readUInt8(at) ^ 1, at)
      await database.db.kysely.updateTable(table).set({ wrapped: changed }).execute()
      await expect(open(organization, content)).rejects.toThrow(UnsealError)
    }
    await database.db.kysely.updateTable(table).set({ wrapped }).execute()
    expect(await open(organization, content)).toEqual(root)
  })

  test('are unreadable for ever once they are destroyed, at once in every process', async () => {
    const { kysely } = database.db
    const other = id()
    const kept = await createRoot(keys, organization, other)
    const destroy = (of: string) => kysely.transaction().execute((tx) => keys.rootKeys.destroyRootKey(tx, of, content))
    expect(await destroy(await addOrganization())).toBe(false)
    expect(await destroy(organization)).toBe(true)
    expect(await destroy(organization)).toBe(false)
    await expect(open(organization, content)).rejects.toThrow(RootKeyUnknownError)
    expect(await open(organization, other)).toEqual(kept)
  })

  test('go with the key of the tenant, and a new one opens none of them', async () => {
    const { kysely } = database.db
    const [saved] = await kysely.selectFrom('root_keys').selectAll().execute()
    await kysely.transaction().execute((tx) => keys.rootKeys.destroyTenantKey(tx, organization))
    await expect(open(organization, content)).rejects.toThrow(RootKeyUnknownError)
    // Somebody has a copy of the row, but not of the tenant's.
    await keys.tenantKeys.obtain(kysely, organization)
    if (saved !== undefined) await kysely.insertInto('root_keys').values(saved).execute()
    await expect(open(organization, content)).rejects.toThrow(UnsealError)
  })
})
