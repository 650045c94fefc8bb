import { chmod, mkdir, realpath } from 'node:fs/promises'
import { join } from 'node:path'
import type { MinimalLogger } from '@packages/runtime/minimal-logger'
import { Client } from 'pg'
import type { ConnectionOptions } from './connection-pool.ts'
import { EmbeddedPostgresError } from './embedded/embedded-postgres-error.ts'
import { connectionIn, DATABASE } from './embedded/running-postgres.ts'
import { initCluster } from './embedded/init-cluster.ts'
import { findPostgresBinaries } from './embedded/postgres-binaries.ts'
import { startServerProcess } from './embedded/server-process.ts'
import { serverSettings } from './embedded/server-settings.ts'
import { openRunDirectory } from './embedded/socket-directory.ts'
import { stopSurvivor } from './embedded/stop-survivor.ts'
import { takeOwnership } from './embedded/take-ownership.ts'
import { planLaunch } from './embedded/unprivileged.ts'

export type EmbeddedPostgres = {
  connection: ConnectionOptions
  pid: number
  /** Resolves when the server has ended, also without `stop`. */
  exited: Promise<void>
  /** Fast shutdown; harder after `deadlineMs` (8 s by default). */
  stop(deadlineMs?: number): Promise<void>
}

export type EmbeddedPostgresOptions = {
  /** A folder of its own (made with mode 0700 when missing); the caller holds a lock that keeps other processes out. */
  dataDir: string
  logger: MinimalLogger
  /** Overrides of server settings; tests only. */
  settings?: Record<string, string>
  /** More of the server's environment; tests only. */
  environment?: Record<string, string>
}

/**
 * Starts the real PostgreSQL that npm brings, on a unix socket that only this user can reach, fsync on. The first
 * start makes the cluster (0.5 s); what a killed run left behind is stopped and recovered.
 * @throws EmbeddedPostgresError with one line for the operator
 */
export const startEmbeddedPostgres = async (options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> => {
  const { logger } = options
  await mkdir(options.dataDir, { recursive: true, mode: 0o700 })
  const dataDir = await realpath(options.dataDir)
  await stopSurvivor(join(dataDir, 'cluster'), logger)
  const launch = await planLaunch()
  const runDirectory = await openRunDirectory(dataDir)
  try {
    await takeOwnership(dataDir, runDirectory.path, launch)
    await chmod(dataDir, 0o700)
    const binaries = await findPostgresBinaries(runDirectory.path)
    const settings = { ...serverSettings(runDirectory.path), ...options.settings }
    const { cluster, password } = await initCluster(dataDir, binaries, launch, settings.fsync === 'on')
    const { environment } = options
    const server = await startServerProcess({
      cluster,
      binaries,
      launch,
      settings,
      logger,
      ...(environment === undefined ? {} : { environment }),
    })
    const connection = connectionIn(runDirectory.path, password)
    const stop = async (deadlineMs = 8_000): Promise<void> => {
      await server.stop(deadlineMs)
      await runDirectory.remove()
    }
    try {
      await ensureDatabase(connection)
    } catch (error) {
      await stop()
      throw error
    }
    return { connection, pid: server.pid, exited: server.exited, stop }
  } catch (error) {
    await runDirectory.remove()
    throw error
  }
}

const ensureDatabase = async (connection: ConnectionOptions): Promise<void> => {
  const client = new Client({ ...connection, database: 'postgres' })
  try {
    await client.connect()
    const { rowCount } = await client.query('select from pg_database where datname = $1', [DATABASE])
    if (rowCount === 0) await client.query(`create database ${DATABASE}`)
  } catch (cause) {
    throw new EmbeddedPostgresError(`The embedded database does not answer: ${(cause as Error).message}`, { cause })
  } finally {
    await client.end().catch(() => {})
  }
}
