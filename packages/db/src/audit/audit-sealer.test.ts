import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { MasterKey } from '@packages/runtime/master-key'
import * as fc from 'fast-check'
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { startTestDatabase, type TestDatabase } from '../test-database.ts'
import { AuditChainError, AuditSealer } from './audit-sealer.ts'
import { auditSigningKey, headsPath, SignedHeads } from './signed-heads.ts'
import { verifyAuditLog } from './verify-audit-log.ts'

const KILLS = Number(process.env.HOLDFAST_KILL_CYCLES ?? 4)
const RUNS = Number(process.env.HOLDFAST_AUDIT_RUNS ?? 20)

let database: TestDatabase
let folder: string
let path: string
const master = randomBytes(32)
const key = auditSigningKey(new MasterKey(master))
beforeAll(async () => {
  database = await startTestDatabase()
})
afterAll(() => database.stop())
beforeEach(async () => {
  await database.clear()
  folder = await mkdtemp(join(tmpdir(), 'hf-audit-'))
  path = headsPath(folder)
  return () => rm(folder, { recursive: true })
})

const heads = () => SignedHeads.open(path, key)
const sealer = async () => new AuditSealer({ kysely: database.db.kysely, heads: await heads() })
/** Other tests of the server have transactions too, and all that is younger waits for them. */
const sealAll = async (by: AuditSealer): Promise<number> => {
  for (let sealed = 0, tries = 0; ; tries++) {
    sealed += await by.seal()
    const left = await database.db.kysely.selectFrom('audit_log').where('seq', 'is', null).select('id').execute()
    if (left.length === 0) return sealed
    if (tries === 300) throw new Error('a transaction holds the sealing back')
    await sleep(100)
  }
}
const seal = async () => sealAll(await sealer())
const verify = async () => verifyAuditLog(database.db.kysely, await heads())

const append = async (count: number, action = 'file.uploaded'): Promise<void> => {
  await sql`
    insert into audit_log (credential, action, resource_kind, resource_id, result)
    select 'session', ${action}, 'file', gen_random_uuid()::text, 'allowed' from generate_series(1, ${count}::int)
  `.execute(database.db.kysely)
}

/** As somebody with the database in hand, whom no trigger stops. */
const tamper = async (...statements: string[]): Promise<void> => {
  await database.db.pool.query(
    ['begin', 'set local session_replication_role = replica', ...statements, 'commit'].join(';'),
  )
}

test('seals in order, signs the end, and goes on where it was', async () => {
  await append(5)
  expect(await seal()).toBe(5)
  await append(3)
  expect(await seal()).toBe(3)
  expect(await seal()).toBe(0)
  expect(await verify()).toEqual({ rows: 8, lastSeq: 8, signedSeq: 8, problem: null, unsealed: 0 })
})

test('leaves what a running transaction may still come before, and loses nothing of it', async () => {
  const client = await database.db.pool.connect()
  await client.query('begin')
  await client.query(
    `insert into audit_log (credential, action, resource_kind, result) values ('none', 'early', 'x', 'allowed')`,
  )
  await append(2)
  expect(await (await sealer()).seal()).toBe(0)
  await client.query('commit')
  client.release()
  expect(await seal()).toBe(3)
  const first = await database.db.kysely
    .selectFrom('audit_log')
    .where('seq', '=', 1)
    .select('action')
    .executeTakeFirst()
  expect(first).toEqual({ action: 'early' })
  expect((await verify()).problem).toBeNull()
})

test.each([
  ['a change', `update audit_log set action = 'x' where seq = 4`, { kind: 'changed', seq: 4 }],
  ['a change of where from', `update audit_log set client = '\\x00' where seq = 1`, { kind: 'changed', seq: 1 }],
  ['a deletion', `delete from audit_log where seq = 4`, { kind: 'missing', seq: 4 }],
  ['a deletion at the front', `delete from audit_log where seq <= 2`, { kind: 'missing', seq: 1 }],
  ['a cut tail', `delete from audit_log where seq > 6`, { kind: 'truncated', seq: 7 }],
  ['an empty log', `delete from audit_log`, { kind: 'truncated', seq: 1 }],
  [
    'an insertion',
    `update audit_log set seq = seq + 1000 where seq >= 4;
     update audit_log set seq = seq - 999 where seq >= 1000;
     insert into audit_log (credential, action, resource_kind, result, seq, hash) values ('none', 'x', 'x', 'allowed', 4, '\\x00')`,
    { kind: 'inserted', seq: 4 },
  ],
  [
    'two rows that changed places',
    `update audit_log set seq = 1000 where seq = 3; update audit_log set seq = 3 where seq = 6;
     update audit_log set seq = 6 where seq = 1000`,
    { kind: 'reordered', seq: 3 },
  ],
])('%s is named, and nothing is chained to a log whose signed end is gone', async (_what, statement, problem) => {
  await append(8)
  await seal()
  await tamper(statement)
  expect((await verify()).problem).toMatchObject(problem)
  await append(1)
  if (problem.kind === 'truncated') await expect(seal()).rejects.toThrow(AuditChainError)
})

test('a log that was hashed anew to its end is named, and not signed again', async () => {
  await append(4)
  await seal()
  await tamper(
    `update audit_log set seq = null, hash = null`,
    `update audit_log set action = 'x' where id = (select min(id) from audit_log)`,
  )
  const other = await SignedHeads.open(join(folder, 'other.jsonl'), key)
  await sealAll(new AuditSealer({ kysely: database.db.kysely, heads: other }))
  expect((await verify()).problem).toMatchObject({ kind: 'rewritten', seq: 1 })
  await append(1)
  await expect(seal()).rejects.toThrow(AuditChainError)
})

test('a head that somebody wrote is not believed', async () => {
  await append(2)
  await seal()
  const text = await readFile(path, 'utf8')
  await writeFile(path, text.replace('"seq":2', '"seq":1'))
  await expect(verify()).rejects.toThrow(/line 1 .* is not signed/)
  const foreign = auditSigningKey(new MasterKey(randomBytes(32)))
  await writeFile(path, text)
  await expect(SignedHeads.open(path, foreign)).rejects.toThrow(/not signed/)
})

test('retention takes old rows away, by a shifted clock, and the rest still verifies', async () => {
  await append(7, 'old')
  await seal()
  await sleep(5)
  const middle = new Date()
  await sleep(5)
  await append(5, 'new')
  await seal()
  const day = 86_400_000
  expect(await (await sealer()).prune(new Date(Date.now() - 400 * day))).toBe(0)
  expect(await (await sealer()).prune(middle)).toBe(7)
  expect(await verify()).toMatchObject({ rows: 5, lastSeq: 12, problem: null })
  // 400 days on, all but the newest signed row go.
  expect(await (await sealer()).prune(new Date(Date.now() + 400 * day))).toBe(4)
  expect(await verify()).toMatchObject({ rows: 1, lastSeq: 12, problem: null })
  await append(1)
  await seal()
  expect(await verify()).toMatchObject({ rows: 2, lastSeq: 13, problem: null })
  await tamper(`delete from audit_log where seq = 12`)
  expect((await verify()).problem).toEqual({ kind: 'missing', seq: 12, id: null })
})

test('the file of heads stays small', async () => {
  const file = await heads()
  await append(3)
  await sealAll(new AuditSealer({ kysely: database.db.kysely, heads: file }))
  const line = await readFile(path, 'utf8')
  await writeFile(path, line.repeat(10_000))
  await append(1)
  await seal()
  expect((await readFile(path, 'utf8')).split('\n').length).toBeLessThan(1_200)
  expect((await verify()).problem).toBeNull()
})

type Step =
  | { kind: 'append'; rows: number }
  | { kind: 'seal' }
  | { kind: 'die before the head' }
  | { kind: 'die within the head'; share: number }
  | { kind: 'prune'; share: number }
  | { kind: 'die before pruning' }

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant('append' as const), rows: fc.integer({ min: 1, max: 5 }) }),
  fc.record({ kind: fc.constant('seal' as const) }),
  fc.record({ kind: fc.constant('die before the head' as const) }),
  fc.record({
    kind: fc.constant('die within the head' as const),
    share: fc.integer({ min: 1, max: 99 }),
  }),
  fc.record({ kind: fc.constant('prune' as const), share: fc.integer({ min: 0, max: 100 }) }),
  fc.record({ kind: fc.constant('die before pruning' as const) }),
)

/** A sealer whose process ends before the head is written. */
const dyingSealer = async (): Promise<AuditSealer> => {
  const file = await heads()
  const dead = new Proxy(file, {
    get: (target, name) =>
      name === 'append' ? () => Promise.reject(new Error('died')) : Reflect.get(target, name, target),
  })
  return new AuditSealer({ kysely: database.db.kysely, heads: dead })
}

test(`whatever dies when, the chain verifies and holds every row that was kept (${RUNS} runs)`, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 14 }), async (steps) => {
      await database.clear()
      await rm(path, { force: true })
      let live = 0
      for (const one of steps) {
        if (one.kind === 'append') {
          await append(one.rows)
          live += one.rows
        } else if (one.kind === 'seal') await seal()
        else if (one.kind === 'die before the head') await (await dyingSealer()).seal().catch(() => undefined)
        else if (one.kind === 'die within the head') {
          // Only the line that is being written can be cut off, so there must be one.
          await append(1)
          live++
          await seal()
          const text = await readFile(path, 'utf8').catch(() => '')
          const line = text.trimEnd().split('\n').at(-1) ?? ''
          const keep = text.length - Math.max(1, line.length) + Math.floor((line.length * one.share) / 100)
          if (line !== '') await writeFile(path, text.slice(0, Math.max(0, keep - 1)))
        } else if (one.kind === 'die before pruning') {
          const rows = await database.db.kysely
            .selectFrom('audit_log')
            .where('seq', 'is not', null)
            .select(['seq', sql<string>`encode(hash, 'hex')`.as('hash')])
            .orderBy('seq')
            .execute()
          const file = await heads()
          const first = rows[0]
          if (file.newest !== undefined && first !== undefined && (first.seq ?? 0) < file.newest.seq)
            await file.append('checkpoint', { seq: first.seq ?? 0, hash: first.hash })
        } else {
          const rows = await database.db.kysely.selectFrom('audit_log').select('created_at').orderBy('id').execute()
          const until = rows[Math.floor(((rows.length - 1) * one.share) / 100)]?.created_at
          if (until !== undefined) live -= await (await sealer()).prune(until)
        }
        const { problem } = await verify()
        // Nothing was ever signed: the first crash came before the first head.
        if (problem?.kind !== 'unsigned') expect(problem).toBeNull()
      }
      await append(1)
      await seal()
      const report = await verify()
      expect(report).toMatchObject({ rows: live + 1, problem: null, unsealed: 0, signedSeq: report.lastSeq })
    }),
    { numRuns: RUNS },
  )
}, 240_000)

test(`${KILLS} kills in the middle of sealing leave a chain that verifies`, async () => {
  const done = new AbortController()
  let appended = 0
  const writing = (async () => {
    while (!done.signal.aborted) {
      await append(20)
      appended += 20
      await sleep(20)
    }
  })()
  for (let kill = 0; kill < KILLS; kill++) {
    const child = spawn(process.execPath, [join(import.meta.dirname, 'test-seal-process.ts'), database.url, path], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, HOLDFAST_TEST_KEY: master.toString('hex') },
    })
    const exited = once(child, 'exit')
    await once(child.stdout, 'data')
    await sleep(Math.random() * 150)
    child.kill('SIGKILL')
    await exited
    const { problem } = await verify()
    if (problem?.kind !== 'unsigned') expect(problem).toBeNull()
  }
  done.abort()
  await writing
  await seal()
  expect(await verify()).toMatchObject({ rows: appended, problem: null, unsealed: 0 })
}, 120_000)
