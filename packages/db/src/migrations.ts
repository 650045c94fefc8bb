import { createHash } from 'node:crypto'
import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { StartError } from '@packages/runtime/start-error'
import type pg from 'pg'
import { installJobs } from './install-jobs.ts'

export type Migration = { name: string; checksum: string; sql: string }
export type MigrationState = { applied: string[]; pending: Migration[] }

const DIRECTORY = join(import.meta.dirname, 'migrations')
/** Any number, the same in every process that migrates ("hold" in ASCII). */
const ADVISORY_LOCK = 0x686f6c64

/** The migrations of this release, in order; `0001-name.sql` and so on. */
export const readMigrations = async (directory = DIRECTORY): Promise<Migration[]> => {
  const names = (await readdir(directory)).filter((name) => /^\d{4}-[a-z0-9-]+\.sql$/.test(name)).sort()
  return Promise.all(
    names.map(async (name) => {
      const sql = await readFile(join(directory, name), 'utf8')
      return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') }
    }),
  )
}

/**
 * Compares what was applied with what this release has.
 * @throws StartError when an applied file was changed, is unknown here (a newer release's), or comes after a missing one
 */
export const migrationState = async (client: pg.Pool | pg.ClientBase, known: Migration[]): Promise<MigrationState> => {
  const { rows: table } = await client.query<{ found: boolean }>(
    `select to_regclass('public.schema_migrations') is not null as found`,
  )
  if (!table[0]?.found) return { applied: [], pending: known }
  const { rows } = await client.query<{ name: string; checksum: string }>(
    'select name, checksum from public.schema_migrations order by name',
  )
  for (const [index, row] of rows.entries()) {
    const file = known.find(({ name }) => name === row.name)
    if (!file)
      throw new StartError(
        `The database is of a newer release: it has the migration ${row.name}, which this one lacks.`,
      )
    if (file.checksum !== row.checksum)
      throw new StartError(`The migration ${row.name} was changed after it was applied; migrations only go forward.`)
    if (known[index]?.name !== row.name)
      throw new StartError(
        `The migration ${known[index]?.name} is missing in the database, yet later ones were applied.`,
      )
  }
  return { applied: rows.map(({ name }) => name), pending: known.slice(rows.length) }
}

/**
 * Brings the database to this release: our files, each in a transaction of its own, then pg-boss's schema and queues.
 * Forward only; racing processes take turns (advisory lock).
 * @returns the names of the files applied now
 */
export const migrate = async (db: { pool: pg.Pool }, options: { directory?: string } = {}): Promise<string[]> => {
  const known = await readMigrations(options.directory)
  const client = await db.pool.connect()
  try {
    await client.query(`set statement_timeout = 0; set lock_timeout = 0; set idle_in_transaction_session_timeout = 0`)
    await client.query('select pg_advisory_lock($1)', [ADVISORY_LOCK])
    const { pending } = await migrationState(client, known)
    for (const migration of pending) await apply(client, migration)
    await installJobs(client)
    return pending.map(({ name }) => name)
  } finally {
    // Its settings and its lock go with the connection.
    client.release(true)
  }
}

const apply = async (client: pg.ClientBase, { name, checksum, sql }: Migration): Promise<void> => {
  await client.query('begin')
  try {
    await client.query(`create table if not exists public.schema_migrations (
      name text primary key, checksum text not null, applied_at timestamptz not null default now())`)
    await client.query(sql)
    await client.query('insert into public.schema_migrations (name, checksum) values ($1, $2)', [name, checksum])
    await client.query('commit')
  } catch (cause) {
    await client.query('rollback').catch(() => {})
    throw new StartError(`The migration ${name} failed: ${(cause as Error).message}`, { cause })
  }
}
