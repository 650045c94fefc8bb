import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { checkDatabase } from './check-database.ts'
import { migrate, readMigrations } from './migrations.ts'
import { startTestDatabase, type TestDatabase } from './test-database.ts'

let database: TestDatabase
let directory: string
beforeEach(async () => {
  database = await startTestDatabase({ empty: true })
  directory = await mkdtemp(join(tmpdir(), 'hf-migrations-'))
  await cp(join(import.meta.dirname, 'migrations'), directory, { recursive: true })
})
afterEach(async () => {
  await database.stop()
  await rm(directory, { recursive: true })
})

const tableExists = async (name: string): Promise<boolean> => {
  const { rows } = await sql<{ found: boolean }>`select to_regclass(${name}) is not null as found`.execute(
    database.db.kysely,
  )
  return rows[0]?.found === true
}

test('goes from empty to this release, once', async () => {
  const names = (await readMigrations()).map(({ name }) => name)
  expect(await checkDatabase(database.db)).toMatchObject({ applied: [], pending: names })
  expect(await migrate(database.db)).toEqual(names)
  expect(await migrate(database.db)).toEqual([])
  expect(await checkDatabase(database.db)).toMatchObject({
    applied: names,
    pending: [],
    version: expect.stringMatching(/^\d+\.\d+$/),
    latencyMs: expect.any(Number),
  })
  const { rows } = await sql<{ name: string }>`select name from jobs.queue order by name`.execute(database.db.kysely)
  expect(rows.map(({ name }) => name)).toEqual(expect.arrayContaining(['erase', 'release-content']))
})

test('goes from each previous release to this one, with rows in it', async () => {
  const all = await readMigrations()
  const last = all.at(-1)
  await rm(join(directory, last?.name ?? ''))
  await migrate(database.db, { directory })
  if (all.length > 1) {
    await database.db.kysely
      .insertInto('organizations')
      .values({ id: crypto.randomUUID(), name: 'a', slug: 'a' })
      .execute()
  }
  expect(await migrate(database.db)).toEqual([last?.name])
})

test('counts what was held before there was pinning, and fetches what was wanted', async () => {
  const { kysely } = database.db
  const before = (await readMigrations()).filter(({ name }) => name >= '0026')
  for (const { name } of before) await rm(join(directory, name))
  await migrate(database.db, { directory })
  const [organization, node, held, wanted] = Array.from({ length: 4 }, () => crypto.randomUUID())
  await sql`insert into organizations (id, name, slug) values (${organization}, 'a', 'a')`.execute(kysely)
  await sql`insert into nodes (id, name, kind) values (${node}, 'embedded', 'embedded')`.execute(kysely)
  await sql`
    insert into contents (id, realm, cid, state, dag_size)
    values (${held}, 'public', 'bafy1', 'held', 1), (${wanted}, 'public', 'bafy2', 'wanted', null)
  `.execute(kysely)
  await sql`
    insert into replicas (content_id, node_id, status) values (${held}, ${node}, 'pinned')
  `.execute(kysely)
  await sql`
    insert into pins (id, organization_id, content_id, cid, status, created_at)
    select gen_random_uuid(), ${organization}, ${wanted}, 'bafy2', 'queued', timestamptz 'epoch' + n * interval '1 second'
    from generate_series(1, 3) n
  `.execute(kysely)
  expect(await migrate(database.db)).toEqual(before.map(({ name }) => name))
  const { rows } = await sql`select id, confirmed from contents order by cid`.execute(kysely)
  expect(rows).toEqual([
    { id: held, confirmed: 1 },
    { id: wanted, confirmed: 0 },
  ])
  const { rows: queue } = await sql`
    select q.content_id, q.organization_id, f.state from fetch_queue q join fetches f on f.content_id = q.content_id
  `.execute(kysely)
  expect(queue).toEqual([{ content_id: wanted, organization_id: organization, state: 'queued' }])
})

test('writes copies that uploads raised into their pins, and asks for none more', async () => {
  const { kysely } = database.db
  const later = (await readMigrations()).filter(({ name }) => name >= '0033')
  for (const { name } of later) await rm(join(directory, name))
  await migrate(database.db, { directory })
  const [organization, raised, plain] = Array.from({ length: 3 }, () => crypto.randomUUID())
  await sql`insert into organizations (id, name, slug) values (${organization}, 'a', 'a')`.execute(kysely)
  await sql`
    insert into contents (id, realm, cid, state, dag_size, copies_max)
    values (${raised}, 'public', 'bafy1', 'held', 1, 3), (${plain}, 'public', 'bafy2', 'held', 1, 1)
  `.execute(kysely)
  await sql`
    insert into pins (id, organization_id, content_id, cid, status, created_at)
    select gen_random_uuid(), ${organization}, id, cid, 'pinned', timestamptz 'epoch' + row_number() over () * interval '1 second'
    from contents
  `.execute(kysely)
  await migrate(database.db)
  const { rows } = await sql`
    select p.replication_min, p.replication_max, p.zones, c.copies_min, c.copies_max
    from pins p join contents c on c.id = p.content_id order by c.cid
  `.execute(kysely)
  const policy = { replication_min: 1, zones: [], copies_min: 1 }
  expect(rows).toEqual([
    { ...policy, replication_max: 3, copies_max: 3 },
    { ...policy, replication_max: 1, copies_max: 1 },
  ])
  const { rows: limits } = await sql`select default_min, default_max, default_zones from organization_limits`.execute(
    kysely,
  )
  expect(limits).toEqual([{ default_min: 1, default_max: 1, default_zones: [] }])
})

test('applies what a newer release adds, and an older release then refuses to start', async () => {
  await migrate(database.db)
  await writeFile(join(directory, '9999-later.sql'), 'create table later (id int);')
  expect(await migrate(database.db, { directory })).toEqual(['9999-later.sql'])
  await expect(migrate(database.db)).rejects.toThrow(/of a newer release: it has the migration 9999-later\.sql/)
  await expect(checkDatabase(database.db)).rejects.toThrow(/newer release/)
})

test('refuses a file that was changed after it was applied', async () => {
  await migrate(database.db, { directory })
  const first = (await readMigrations())[0]
  await writeFile(join(directory, first?.name ?? ''), `${first?.sql}\n-- changed`)
  await expect(migrate(database.db, { directory })).rejects.toThrow(/0001-foundation\.sql was changed after/)
})

test('refuses a file that comes before one that was applied', async () => {
  await writeFile(join(directory, '9999-later.sql'), 'create table later (id int);')
  await migrate(database.db, { directory })
  await writeFile(join(directory, '9998-forgotten.sql'), 'create table forgotten (id int);')
  await expect(migrate(database.db, { directory })).rejects.toThrow(/9998-forgotten\.sql is missing in the database/)
})

test('leaves nothing of a file that fails', async () => {
  await writeFile(join(directory, '9998-whole.sql'), 'create table whole (id int);')
  await writeFile(join(directory, '9999-broken.sql'), 'create table half (id int); select 1 / 0;')
  await expect(migrate(database.db, { directory })).rejects.toThrow(/9999-broken\.sql failed: division by zero/)
  expect([await tableExists('whole'), await tableExists('half')]).toEqual([true, false])
  expect((await checkDatabase(database.db).catch((error: Error) => error.message)) as string).toMatch(/9998-whole/)
})

test('lets racing processes take turns', async () => {
  const applied = await Promise.all([migrate(database.db), migrate(database.db), migrate(database.db)])
  expect(applied.flat()).toEqual((await readMigrations()).map(({ name }) => name))
})
