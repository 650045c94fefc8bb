import { readFileSync } from 'node:fs'
import { DATA_MAP } from '@packages/db/data-map'
import { type Database, openDatabase } from '@packages/db/open-database'
import { startTestDatabase, type TestDatabase } from '@packages/db/test-database'
import { silentLogger } from '@packages/runtime/minimal-logger'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { retentionPage } from './retention-page.ts'
import { prune, RETENTION, type RetentionConfig, type RetentionRule } from './retention.ts'

const MINUTE_MS = 60_000
const DAY_MS = 86_400_000

/** Settings other than the defaults: what is asked for must be what is done. */
const CONFIG: RetentionConfig = { receiptRetentionMs: 11 * DAY_MS }

let database: TestDatabase
/** The same database, in which `now()` is what the test says: for all that names it plainly, as jobs do. */
let shifted: Database
beforeAll(async () => {
  database = await startTestDatabase()
  await database.db.pool.query(`
    create schema shifted;
    create table shifted.clock (ms bigint not null);
    insert into shifted.clock values (0);
    create function shifted.now() returns timestamptz language sql stable
      as 'select pg_catalog.now() + (select make_interval(secs => ms / 1000.0) from shifted.clock)';
    alter database ${database.connection.database} set search_path = shifted, pg_catalog, public;
  `)
  shifted = await openDatabase({ url: database.connection, logger: silentLogger })
})
afterAll(async () => {
  await shifted.close()
  await database.stop()
})
beforeEach(() => database.clear())

/** Does the jobs' work at another time, for this process and for the database. */
const pruneAt = async (ms: number): Promise<void> => {
  await shifted.pool.query('update shifted.clock set ms = $1', [ms])
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + ms })
  try {
    await prune(CONFIG, shifted)
  } finally {
    vi.useRealTimers()
  }
}

type Column = { column_name: string; data_type: string }

const FILLED: Record<string, string> = {
  uuid: 'gen_random_uuid()',
  text: `'x'`,
  bytea: `decode(md5(random()::text), 'hex')`,
  jsonb: `'{}'`,
  bigint: '1',
  integer: '1',
  smallint: '1',
  boolean: 'false',
  xid8: `'1'::xid8`,
  'timestamp with time zone': 'pg_catalog.now()',
}

/** What checks of the tables want. */
const WANTED: Partial<Record<string, Record<string, string>>> = {
  erasures: { kind: `'user'`, requested_by: `'self'`, step: `'done'` },
  email_tokens: { purpose: `'reset-password'` },
}

/** Any row of the table, with that date and without what it hangs on. */
const insertRow = async ({ table, date }: RetentionRule): Promise<void> => {
  const { rows } = await database.db.pool.query<Column>(
    `select column_name, data_type from information_schema.columns where table_schema = 'public' and table_name = $1
     and is_nullable = 'NO' and column_default is null and is_identity = 'NO' and column_name <> $2`,
    [table, date],
  )
  const values: Record<string, string> = { [date]: 'pg_catalog.now()' }
  for (const { column_name: name, data_type: type } of rows) values[name] = FILLED[type] ?? `'{}'`
  Object.assign(values, WANTED[table])
  await database.db.pool.query(
    `begin; set local session_replication_role = replica;
     insert into ${table} (${Object.keys(values).join()}) values (${Object.values(values).join()}); commit`,
  )
}

const count = async (table: string): Promise<number> => {
  const { rows } = await database.db.pool.query<{ count: number }>(`select count(*)::int as count from ${table}`)
  return rows[0]?.count ?? 0
}

test.each(RETENTION.map((rule): [string, RetentionRule] => [rule.what, rule]))(
  '%s stay until their time, and go after it',
  async (_, rule) => {
    await insertRow(rule)
    expect(await count(rule.table)).toBe(1)
    const keepMs = rule.keepMs(CONFIG)
    await pruneAt(keepMs - MINUTE_MS)
    expect(await count(rule.table)).toBe(1)
    await pruneAt(keepMs + MINUTE_MS)
    expect(await count(rule.table)).toBe(0)
  },
)

test('nothing goes at once', async () => {
  const lasting = RETENTION.filter((rule) => rule.keepMs(CONFIG) > 0)
  for (const rule of lasting) await insertRow(rule)
  await pruneAt(0)
  for (const { table } of lasting) expect(await count(table), table).toBe(1)
})

test('a rule that fails holds up no other, and is told of with its table', async () => {
  const [first, ...others] = RETENTION as [RetentionRule, ...RetentionRule[]]
  const end = Math.max(...RETENTION.map((rule) => rule.keepMs(CONFIG))) + MINUTE_MS
  // Of the tests before.
  await pruneAt(end)
  for (const rule of RETENTION) await insertRow(rule)
  const { pool } = database.db
  await pool.query(`
    create function public.refuse() returns trigger language plpgsql as 'begin raise exception ''no''; end';
    create trigger refuse before delete on ${first.table} for each row execute function public.refuse()
  `)
  try {
    const failed = await pruneAt(end).catch((error: unknown) => error)
    expect(failed).toBeInstanceOf(AggregateError)
    expect((failed as AggregateError).message).toBe(`what is old in ${first.table} could not be deleted`)
    expect((failed as AggregateError).errors).toHaveLength(1)
    for (const { table } of others) expect(await count(table), table).toBe(0)
    expect(await count(first.table)).toBe(1)
  } finally {
    await pool.query(`drop trigger refuse on ${first.table}; drop function public.refuse()`)
  }
})

describe('each table', () => {
  const ruled = new Set<string>(RETENTION.map(({ table }) => table))

  test('that the data map gives a time has a job that keeps to it', () => {
    /** By a job of its own, with a test that the page names. */
    const elsewhere = ['audit_log']
    const timed = Object.entries(DATA_MAP).filter(([, { goes = '' }]) =>
      /\bafter \d|AFTER|expire|later|window|_RETENTION/.test(goes),
    )
    expect(timed.length).toBeGreaterThan(6)
    expect(timed.map(([table]) => table).filter((table) => !ruled.has(table) && !elsewhere.includes(table))).toEqual([])
  })

  test('with an end has a job that sees to it, or a reason', async () => {
    const reasons: Record<string, string> = {
      api_keys: 'are listed as expired until their owner deletes them',
      invitations: 'are listed as expired until the organization goes',
      node_work: 'are swept when the garbage of their node is collected',
      pins: 'are their owner’s to delete',
      refresh_tokens: 'go with their session',
      uploads: 'are swept with their staged bytes',
      upload_folders: 'are swept with their staged bytes',
    }
    const { rows } = await database.db.pool.query<{ name: string }>(
      `select table_name::text as name from information_schema.columns where table_schema = 'public' and column_name = 'expires_at'`,
    )
    const unseen = rows.map(({ name }) => name).filter((name) => !ruled.has(name) && reasons[name] === undefined)
    expect(unseen).toEqual([])
  })
})

test('the page is current', () => {
  const path = new URL('../../../../docs/security/retention.md', import.meta.url)
  expect(readFileSync(path, 'utf8')).toBe(retentionPage())
})
