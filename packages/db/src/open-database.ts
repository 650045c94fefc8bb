import type { MinimalLogger } from '@packages/runtime/minimal-logger'
import { StartError } from '@packages/runtime/start-error'
import { Kysely, PostgresDialect } from 'kysely'
import type pg from 'pg'
import { type Connection, DEFAULT_POOL_SIZE, openPool } from './connection-pool.ts'
import { JobQueue } from './jobs.ts'
import { type NotificationHandler, Notifications, type Unlisten } from './notifications.ts'
import { preparingPool } from './prepared-statements.ts'
import type { Tables } from './tables.ts'
import { UnitOfWork } from './unit-of-work.ts'

export type Database = {
  kysely: Kysely<Tables>
  pool: pg.Pool
  unitOfWork: UnitOfWork
  jobs: JobQueue
  /** Calls `handler` for each NOTIFY on `channel`; with null after a reconnection. */
  listen(channel: string, handler: NotificationHandler): Promise<Unlisten>
  /** @throws when the database does not answer within its timeouts */
  ping(): Promise<void>
  /** Ends job workers (drained), listeners and the pool. */
  close(): Promise<void>
}

export type OpenDatabaseOptions = {
  /** `postgresql://…`, or what `startEmbeddedPostgres` returned as `connection`. */
  url: Connection
  logger: MinimalLogger
  /** Connections of the pool; 10 by default. Job workers and listeners have their own. */
  poolSize?: number
}

const MIN_VERSION = 150_000

/**
 * Connects to PostgreSQL 15 or newer. Runs no migration.
 * @throws StartError when the server does not answer, is too old, or does not store UTF-8
 */
export const openDatabase = async (options: OpenDatabaseOptions): Promise<Database> => {
  const { url, logger } = options
  const pool = openPool(url, options.poolSize ?? DEFAULT_POOL_SIZE)
  pool.on('error', (error) => logger.warn({ err: error }, 'an idle database connection was lost'))
  // The pool listens to idle connections alone: a loss in the middle of a transaction would end the process.
  pool.on('connect', (client) => {
    client.on('error', (error) => logger.debug({ err: error }, 'a database connection was lost'))
  })
  try {
    await checkServer(pool)
  } catch (error) {
    await pool.end()
    throw error
  }
  const kysely = new Kysely<Tables>({ dialect: new PostgresDialect({ pool: preparingPool(pool) }) })
  const notifications = new Notifications(url, logger)
  const jobs = new JobQueue({ connection: url, pool, logger })
  return {
    kysely,
    pool,
    jobs,
    unitOfWork: new UnitOfWork(kysely, jobs),
    listen: (channel, handler) => notifications.listen(channel, handler),
    ping: async () => {
      await pool.query('select 1')
    },
    close: async () => {
      await jobs.stop()
      await notifications.close()
      const closed = connectionsClosed(pool)
      await kysely.destroy()
      // Kysely ends the pool only if it has used it.
      if (!pool.ending) await pool.end()
      await closed
    },
  }
}

/**
 * Resolves when every connection that the pool has now is closed: `end` does so before, and a server that stops
 * meanwhile would complain about them. Waits for a second at most.
 */
const connectionsClosed = (pool: pg.Pool): Promise<void> => {
  const { promise, resolve } = Promise.withResolvers<void>()
  let left = pool.totalCount
  if (left === 0) return Promise.resolve()
  const timer = setTimeout(resolve, 1_000)
  pool.on('remove', () => {
    left--
    if (left === 0) resolve()
  })
  return promise.finally(() => clearTimeout(timer))
}

const checkServer = async (pool: pg.Pool): Promise<void> => {
  const { rows } = await pool
    .query<{ version: string; encoding: string }>(
      `select current_setting('server_version_num') as version, current_setting('server_encoding') as encoding`,
    )
    .catch((cause: Error) => {
      throw new StartError(`The database does not answer: ${cause.message || String(cause)}`, { cause })
    })
  const version = Number(rows[0]?.version)
  if (version < MIN_VERSION)
    throw new StartError(`The database is PostgreSQL ${Math.floor(version / 10_000)}; 15 is the oldest that will do.`)
  if (rows[0]?.encoding !== 'UTF8') throw new StartError(`The database stores ${rows[0]?.encoding}; it must be UTF8.`)
}
