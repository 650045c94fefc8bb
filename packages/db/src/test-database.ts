import { randomBytes } from 'node:crypto'
import { type MinimalLogger, silentLogger } from '@packages/runtime/minimal-logger'
import type { ConnectionOptions } from './connection-pool.ts'
import { type Database, openDatabase } from './open-database.ts'
import { clearDatabase } from './test-database/clear-database.ts'
import { testServerAddress } from './test-database/shared-server.ts'
import { administer } from './test-database/test-server.ts'

export type TestDatabase = {
  db: Database
  /** For a second `openDatabase`, or another process. */
  connection: ConnectionOptions
  /** The same as an address, for DATABASE_URL. */
  url: string
  /** Deletes all rows, as after a migration: much quicker than another database. */
  clear(): Promise<void>
  /** Closes `db` and drops the database. */
  stop(): Promise<void>
}

/**
 * A migrated, empty database of its own: a copy of the run's template (some 50 ms), on the embedded server, or on the
 * server at TEST_DATABASE_URL.
 */
export const startTestDatabase = async (
  options: { logger?: MinimalLogger; poolSize?: number; empty?: boolean } = {},
): Promise<TestDatabase> => {
  const { connection: server, template } = await testServerAddress()
  const database = `hf_test_${randomBytes(6).toString('hex')}`
  await administer(server, `create database ${database} template ${options.empty ? 'template0' : template}`)
  const connection = { ...server, database }
  const logger = options.logger ?? silentLogger
  const db = await openDatabase({ url: connection, logger, poolSize: options.poolSize ?? 5 })
  return {
    db,
    connection,
    url: toUrl(connection),
    clear: () => clearDatabase(db),
    stop: async () => {
      await db.close()
      await administer(server, `drop database if exists ${database} with (force)`)
    },
  }
}

const toUrl = ({ host, port, user, password, database }: ConnectionOptions): string => {
  const credentials = `${encodeURIComponent(user)}${password ? `:${encodeURIComponent(password)}` : ''}`
  const query = host.startsWith('/') ? `?host=${encodeURIComponent(host)}` : ''
  return `postgresql://${credentials}@${query ? 'localhost' : host}:${port ?? 5432}/${database}${query}`
}
