import { join } from 'node:path'
import type { ConnectionAddress, ConnectionOptions } from '@packages/db/connection-pool'
import { runningPostgres } from '@packages/db/embedded/running-postgres'
import { startEmbeddedPostgres } from '@packages/db/embedded-postgres'
import { foldNames } from '@packages/db/pins/fold-names'
import { migrate, migrationState, readMigrations } from '@packages/db/migrations'
import { type Database, openDatabase } from '@packages/db/open-database'
import type { Config } from '@packages/runtime/config'
import type { PostgresAddress } from '@packages/runtime/config/postgres-address'
import type { MinimalLogger } from '@packages/runtime/minimal-logger'
import type { ServiceStack } from '@packages/runtime/service-stack'
import { StartError } from '@packages/runtime/start-error'

export type DatabaseDeps = {
  stack: ServiceStack
  logger: MinimalLogger
  /** Told when the embedded server ends by itself: nothing works without it. */
  onFatal?: (reason: string) => void
}

const POSTGRES_STOP_MS = 3_000
const DATABASE_STOP_MS = 2_000

const startEmbedded = async (dataDir: string, { stack, logger, onFatal }: DatabaseDeps): Promise<ConnectionOptions> => {
  let stopping = false
  const postgres = await stack.acquire(
    'postgres',
    () => startEmbeddedPostgres({ dataDir: join(dataDir, 'postgres'), logger }),
    async (server) => {
      stopping = true
      await server.stop(POSTGRES_STOP_MS - 500)
    },
    POSTGRES_STOP_MS,
  )
  void postgres.exited.then(() => {
    if (!stopping) onFatal?.('the embedded PostgreSQL ended by itself')
  })
  return postgres.connection
}

/** Where nothing is said about TLS, pg's own environment variables may. */
const addressOf = ({ url, tls }: { url: string; tls: PostgresAddress['tls'] }): ConnectionAddress => ({
  connectionString: url,
  ...(tls === null ? {} : { ssl: tls }),
})

/**
 * Connects to the database that the settings name: the embedded PostgreSQL in the data folder, which is started (its
 * lock is the caller's), or one of the operator's.
 * @throws StartError when it cannot be used
 */
export const connectDatabase = async (config: Config, deps: DatabaseDeps): Promise<Database> => {
  const { database, dataDir } = config
  const url = database.kind === 'external' ? addressOf(database) : await startEmbedded(dataDir, deps)
  return deps.stack.acquire(
    'database',
    () => openDatabase({ url, logger: deps.logger }),
    (db) => db.close(),
    DATABASE_STOP_MS,
  )
}

/**
 * The same beside a platform that runs: its embedded server is asked, and none is started.
 * @throws StartError when none runs
 */
export const connectRunningDatabase = async ({ database, dataDir }: Config, deps: DatabaseDeps): Promise<Database> => {
  const url = database.kind === 'external' ? addressOf(database) : await runningPostgres(join(dataDir, 'postgres'))
  if (url === null) throw new StartError(`No platform runs on ${dataDir}: start it first`)
  return deps.stack.acquire(
    'database',
    () => openDatabase({ url, logger: deps.logger, poolSize: 2 }),
    (db) => db.close(),
    DATABASE_STOP_MS,
  )
}

/** Brings the database to this release. @returns the migrations applied now */
export const migrateDatabase = async (db: Database, logger: MinimalLogger): Promise<string[]> => {
  const applied = await migrate(db)
  if (applied.length > 0) logger.info({ migrations: applied }, 'the database was brought to this release')
  await foldNames(db.kysely)
  return applied
}

/** For a process that does not migrate. @throws StartError when the database is not of this release yet */
export const requireMigrated = async (db: Database): Promise<void> => {
  const { pending } = await migrationState(db.pool, await readMigrations())
  if (pending.length > 0)
    throw new StartError('The database is not of this release yet: start the role api first, or run npm run db:migrate')
}
