import { spawn } from 'node:child_process'
import { randomBytes, randomInt } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { keyFile } from '@packages/runtime/master-keys/key-file'
import { givenKeys, type MasterKeySource } from '@packages/runtime/master-keys/master-key-source'
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { startTestDatabase, type TestDatabase } from '../test-database.ts'
import { keyVersions, openEveryKey } from './inspect-keys.ts'
import { MasterKeyUnavailableError } from './master-keys.ts'
import { type Keys, openKeys } from './open-keys.ts'
import { rotateMasterKey } from './rotate-master-key.ts'

const KILLS = Number(process.env.HOLDFAST_KILL_CYCLES ?? 2)
const SEED = Number(process.env.HOLDFAST_SEED ?? randomInt(2 ** 31))

let database: TestDatabase
let dataDir: string
let source: MasterKeySource
beforeAll(async () => {
  database = await startTestDatabase({ poolSize: 10 })
})
afterAll(() => database.stop())
beforeEach(async () => {
  await database.clear()
  dataDir = await mkdtemp(join(tmpdir(), 'hf-rotate-'))
  source = keyFile(dataDir)
  return () => rm(dataDir, { recursive: true })
})

/** As a process does at its start. */
const open = (from = source): Promise<Keys> => openKeys({ kysely: database.db.kysely, source: from, create: true })
const rotate = (from = source, batchSize = 2) => rotateMasterKey({ db: database.db, source: from, batchSize })

type Root = { organization: string; content: string; key: Uint8Array }

const addRoot = async ({ rootKeys }: Keys, organization: string): Promise<Root> => {
  const content = crypto.randomUUID()
  const key = await database.db.kysely.transaction().execute((tx) => rootKeys.createRootKey(tx, organization, content))
  return { organization, content, key }
}
const addTenant = async (keys: Keys): Promise<Root> => {
  const id = crypto.randomUUID()
  await database.db.kysely.insertInto('organizations').values({ id, name: 'a', slug: id }).execute()
  return addRoot(keys, id)
}
const addTenants = async (keys: Keys, count = 5): Promise<Root[]> => {
  const roots: Root[] = []
  for (let i = 0; i < count; i++) roots.push(await addTenant(keys))
  roots.push(await addRoot(keys, roots[0]?.organization ?? ''))
  return roots
}

const expectOpen = async ({ rootKeys }: Keys, roots: readonly Root[]): Promise<void> => {
  for (const { organization, content, key } of roots)
    expect(await rootKeys.openRootKey(database.db.kysely, organization, content)).toEqual(key)
}
const versions = async (keys: Keys) =>
  (await keyVersions(database.db.kysely, keys)).map(({ version, held, tenants }) => ({ version, held, tenants }))

describe('a new master key', () => {
  test('opens everything, in a process that was running and in one that starts, and the one before nothing', async () => {
    const running = await open()
    const [old] = await source.read()
    const roots = await addTenants(running)
    expect(await rotate()).toEqual({ version: 2, added: true, tenants: 5, retired: [1], damaged: [] })
    await expectOpen(running, roots)
    const started = await open()
    expect(started.fits).toBe(true)
    expect(started.masterKey.derive('x')).toEqual(running.masterKey.derive('x'))
    await expectOpen(started, roots)
    expect(await versions(started)).toEqual([{ version: 2, held: true, tenants: 5 }])
    expect(await openEveryKey(database.db.kysely, started)).toEqual({ tenants: 5, roots: 6, closed: [] })

    const late = await open(givenKeys([old ?? Buffer.of()]))
    expect(late.fits).toBe(false)
    await expect(expectOpen(late, roots)).rejects.toThrow(MasterKeyUnavailableError)
    expect(await versions(late)).toEqual([{ version: 2, held: false, tenants: 5 }])
    expect((await openEveryKey(database.db.kysely, late)).closed).toHaveLength(11)
  })

  test('is in the audit log, and told to running processes, without a key', async () => {
    await addTenants(await open(), 1)
    await rotate()
    const { kysely } = database.db
    const rows = await kysely.selectFrom('audit_log').select(['action', 'resource_id']).orderBy('id').execute()
    expect(rows).toEqual([
      { action: 'master-key.created', resource_id: '2' },
      { action: 'master-key.retired', resource_id: '1' },
    ])
    const told = await kysely.selectFrom('policy_log').select(['kind', 'payload']).execute()
    expect(told).toEqual([1, 2].map(() => ({ kind: 'master-key.changed', payload: {} })))
  })

  test('is the only one in its file afterwards; the one before is aside, for backups', async () => {
    await open()
    const before = await readFile(source.place, 'utf8')
    await rotate()
    const after = await readFile(source.place, 'utf8')
    expect(after).toMatch(/^[0-9a-f]{64}\n$/)
    expect(after).not.toBe(before)
    expect(await readFile(`${source.place}.1`, 'utf8')).toBe(before)
    await rotate()
    expect((await readdir(join(dataDir, 'secrets'))).sort()).toEqual(['master.key', 'master.key.1', 'master.key.2'])
  })

  test('of the operator’s is the first of two; done, there is nothing left to do', async () => {
    const [one, two] = [randomBytes(32), randomBytes(32)]
    const roots = await addTenants(await open(givenKeys([one])))
    await expect(rotate(givenKeys([one]))).rejects.toThrow('the new one first')
    await expect(rotate(givenKeys([two]))).rejects.toThrow('not the newest one')
    await expect(rotate(givenKeys([two, randomBytes(32)]))).rejects.toThrow('not the newest one')
    const running = await open(givenKeys([two, one]))
    expect(await rotate(givenKeys([two, one]))).toMatchObject({ version: 2, added: true, tenants: 5 })
    const nothing = { version: 2, added: false, tenants: 0, retired: [], damaged: [] }
    expect(await rotate(givenKeys([two, one]))).toEqual(nothing)
    await expectOpen(running, roots)
    await expectOpen(await open(givenKeys([two])), roots)
  })

  test('takes over what is opened and made without a pause meanwhile', async () => {
    const running = await Promise.all([open(), open(), open()])
    const [reader, writer, another] = running as [Keys, Keys, Keys]
    const roots = await addTenants(reader, 9)
    const done = new AbortController()
    const until = async (work: () => Promise<unknown>) => {
      do await work()
      while (!done.signal.aborted)
    }
    const busy = [
      until(() => expectOpen(reader, roots)),
      until(() => expectOpen(another, roots.slice(-3))),
      until(async () => roots.push(await addTenant(writer))),
    ]
    for (let version = 2; version < 6; version++) expect((await rotate(source, 1)).version).toBe(version)
    done.abort()
    await Promise.all(busy)
    for (const keys of [...running, await open()]) await expectOpen(keys, roots)
    expect(await versions(reader)).toEqual([{ version: 5, held: true, tenants: roots.length - 1 }])
  })
})

const expectSomebodyWaits = async (): Promise<void> => {
  const { rows } = await sql`
    select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'
  `.execute(database.db.kysely)
  expect(rows).toHaveLength(1)
}

describe('the key before', () => {
  test('waits for a tenant’s key that is being made by it, and takes it along', async () => {
    const keys = await open()
    const made = Promise.withResolvers<void>()
    const commit = Promise.withResolvers<void>()
    const id = crypto.randomUUID()
    await database.db.kysely.insertInto('organizations').values({ id, name: 'a', slug: id }).execute()
    const making = database.db.kysely.transaction().execute(async (tx) => {
      const content = crypto.randomUUID()
      const key = await keys.rootKeys.createRootKey(tx, id, content)
      made.resolve()
      await commit.promise
      return { organization: id, content, key }
    })
    await made.promise
    const rotating = rotate()
    await vi.waitFor(expectSomebodyWaits, 5_000)
    commit.resolve()
    expect(await rotating).toMatchObject({ version: 2, tenants: 1, retired: [1], damaged: [] })
    await expectOpen(await open(), [await making])
  })

  test('waits for a tenant’s first key also where it is made in no transaction of its maker', async () => {
    const keys = await open()
    const id = crypto.randomUUID()
    await database.db.kysely.insertInto('organizations').values({ id, name: 'a', slug: id }).execute()
    let rotating: Promise<unknown> | undefined
    const locking = new WeakSet<object>()
    // A rotation comes when the version is chosen and the key's row is not there yet: it ends at once, or it waits.
    const watched = database.db.kysely.withPlugin({
      transformQuery: ({ node, queryId }) => {
        if (JSON.stringify(node).includes('ForKeyShare')) locking.add(queryId)
        return node
      },
      transformResult: async ({ result, queryId }) => {
        if (!locking.has(queryId) || rotating !== undefined) return result
        const ended = new AbortController()
        rotating = rotate().finally(() => ended.abort())
        await vi.waitFor(async () => {
          if (!ended.signal.aborted) await expectSomebodyWaits()
        }, 5_000)
        return result
      },
    })
    expect(await keys.tenantKeys.obtain(watched, id)).toBeDefined()
    expect(await rotating).toMatchObject({ version: 2, tenants: 1, retired: [1], damaged: [] })
  })

  test('may go between the reading of a row and its opening', async () => {
    const keys = await open()
    const [root] = (await addTenants(keys, 1)) as [Root]
    let first = true
    const slow = database.db.kysely.withPlugin({
      transformQuery: ({ node }) => node,
      transformResult: async ({ result }) => {
        if (!first) return result
        first = false
        await rotate()
        await keys.masterKeys.reload(database.db.kysely)
        return result
      },
    })
    expect(await keys.rootKeys.openRootKey(slow, root.organization, root.content)).toEqual(root.key)
    first = true
    expect((await keys.tenantKeys.open(slow, root.organization)).derive('x')).toEqual(
      (await keys.tenantKeys.open(slow, root.organization)).derive('x'),
    )
    expect(keys.masterKeys.held.map(({ version }) => version)).toEqual([3])
  })

  test('stays while a row under it does not open, which is named; restored, it goes', async () => {
    const running = await open()
    const roots = await addTenants(running)
    const { organization } = roots[2] as Root
    const { kysely } = database.db
    const row = () => kysely.selectFrom('tenant_keys').selectAll().where('organization_id', '=', organization)
    const { wrapped } = await row().executeTakeFirstOrThrow()
    const put = (bytes: Buffer) =>
      kysely.updateTable('tenant_keys').set({ wrapped: bytes }).where('organization_id', '=', organization).execute()
    await put(randomBytes(wrapped.length))
    expect(await rotate()).toMatchObject({ version: 2, tenants: 4, retired: [], damaged: [organization] })
    expect(await source.read()).toHaveLength(2)
    await expectOpen(await open(), [...roots.slice(0, 2), ...roots.slice(3)])
    expect((await openEveryKey(kysely, running)).closed).toContain(`tenant_keys/${organization}`)
    await put(wrapped)
    expect(await rotate()).toMatchObject({ version: 2, added: false, tenants: 1, retired: [1], damaged: [] })
    await expectOpen(await open(), roots)
  })

  test('that is needed and was lost is asked for', async () => {
    const [one, two] = [randomBytes(32), randomBytes(32)]
    await addTenants(await open(givenKeys([one])))
    const { kysely } = database.db
    await kysely
      .updateTable('tenant_keys')
      .set({ wrapped: Buffer.alloc(60) })
      .execute()
    expect((await rotate(givenKeys([two, one]))).damaged).toHaveLength(5)
    await expect(rotate(givenKeys([two]))).rejects.toThrow('Version 1 of the master key is still needed')
    await expect(rotate(givenKeys([randomBytes(32), two]))).rejects.toThrow('Version 1')
    await expect(rotate(givenKeys([one, two]))).rejects.toThrow()
    expect((await versions(await open(givenKeys([two, one])))).map(({ version }) => version)).toEqual([2, 1])
  })
})

test('two runs at once do not both rotate', async () => {
  const keys = await open()
  const roots = await addTenants(keys, 20)
  const runs = await Promise.all([rotate(source, 1), rotate(source, 1)])
  // One after the other, so the second is a rotation of its own.
  expect(runs.map(({ version }) => version).sort()).toEqual([2, 3])
  await expectOpen(keys, roots)
  await expectOpen(await open(), roots)
})

/** Killed at that step; or run to the end, and what it told. */
const run = async (step?: number): Promise<{ version: number; steps: number } | undefined> => {
  const file = join(import.meta.dirname, 'test-rotation-process.ts')
  const child = spawn(process.execPath, [file, database.url, dataDir, String(step ?? '')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const exited = once(child, 'exit')
  const out = await text(child.stdout)
  const [code, signal] = await exited
  if (signal === 'SIGKILL') return undefined
  expect(code).toBe(0)
  return JSON.parse(out)
}

/** A small generator: the same numbers for the same seed. */
const draw = (seed: number) => {
  let state = seed
  return (below: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

test(`is killed at ${KILLS} drawn steps, and every file opens in between and after (HOLDFAST_SEED=${SEED})`, {
  timeout: 60_000 + KILLS * 20_000,
}, async () => {
  const running = await open()
  const roots = await addTenants(running)
  const steps = (await run())?.steps ?? 0
  expect(steps).toBeGreaterThan(40)
  const next = draw(SEED)
  let version = 2
  for (let kill = 0; kill < KILLS; kill++) {
    // A step that is not reached any more, in what is left of a rotation, lets it end.
    const at = 1 + next(steps)
    const finished = await run(at)
    roots.push(await addTenant(running))
    await expectOpen(running, roots)
    const started = await open()
    await expectOpen(started, roots)
    expect(started.masterKey.derive('x')).toEqual(running.masterKey.derive('x'))
    version = finished?.version ?? version
  }
  const end = await run()
  expect(end?.version).toBeGreaterThan(version - 1)
  await expectOpen(running, roots)
  const started = await open()
  await expectOpen(started, roots)
  expect(await versions(started)).toEqual([{ version: end?.version, held: true, tenants: roots.length - 1 }])
  expect(await source.read()).toHaveLength(1)
  const files = await readdir(join(dataDir, 'secrets'))
  expect(files.filter((name) => name.includes('draft'))).toEqual([])
})
