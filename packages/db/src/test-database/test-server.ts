import { createHash } from 'node:crypto'
import { rmSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { silentLogger } from '@packages/runtime/minimal-logger'
import { Client } from 'pg'
import { type ConnectionOptions, connectionConfig } from '../connection-pool.ts'
import { startEmbeddedPostgres } from '../embedded-postgres.ts'
import { migrate, readMigrations } from '../migrations.ts'
import { openDatabase } from '../open-database.ts'

/** A server for tests with a migrated, empty template database on it. */
export type TestServer = { connection: ConnectionOptions; template: string; stop(): Promise<void> }

/** Nothing here outlives the run, so nothing is synced; the tests of the embedded server itself keep its settings. */
const TEST_SETTINGS = { max_connections: '300', fsync: 'off', full_page_writes: 'off', synchronous_commit: 'off' }

/** The server at TEST_DATABASE_URL (its user may create databases), otherwise an embedded one. */
export const startTestServer = async (): Promise<TestServer> => {
  const url = process.env.TEST_DATABASE_URL
  if (url) return withTemplate(fromUrl(url), async () => {})
  const dataDir = await mkdtemp(join(tmpdir(), 'holdfast-test-'))
  const remove = (): Promise<void> => rm(dataDir, { recursive: true, force: true })
  try {
    const server = await startEmbeddedPostgres({ dataDir, logger: silentLogger, settings: TEST_SETTINGS })
    // A run that is broken off may end before its teardown does.
    const leave = (): void => leaveNothing(server.pid, dataDir)
    process.once('exit', leave)
    return await withTemplate(server.connection, async () => {
      await server.stop(2_000)
      await remove()
      process.off('exit', leave)
    })
  } catch (error) {
    await remove()
    throw error
  }
}

const leaveNothing = (pid: number, dataDir: string): void => {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It has ended already.
  }
  rmSync(dataDir, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 })
}

export const fromUrl = (url: string): ConnectionOptions => {
  const { hostname, port, username, password, pathname, searchParams } = new URL(url)
  return {
    host: searchParams.get('host') ?? decodeURIComponent(hostname),
    port: Number(port || searchParams.get('port') || 5432),
    user: decodeURIComponent(username || searchParams.get('user') || 'postgres'),
    ...(password === '' ? {} : { password: decodeURIComponent(password) }),
    database: pathname.slice(1) || 'postgres',
  }
}

/** Runs statements outside of the databases under test. */
export const administer = async (connection: ConnectionOptions, ...statements: string[]): Promise<void> => {
  const client = new Client(connectionConfig(connection, 'holdfast-test'))
  await client.connect()
  try {
    for (const statement of statements) await client.query(statement)
  } finally {
    await client.end()
  }
}

const withTemplate = async (connection: ConnectionOptions, stopServer: () => Promise<void>): Promise<TestServer> => {
  const checksums = (await readMigrations()).map(({ checksum }) => checksum).join()
  const name = `hf_template_${createHash('sha256').update(checksums).digest('hex').slice(0, 8)}_${process.pid}`
  await administer(connection, `drop database if exists ${name} with (force)`, `create database ${name}`)
  const db = await openDatabase({ url: { ...connection, database: name }, logger: silentLogger, poolSize: 2 })
  await migrate(db)
  await db.close()
  return {
    connection,
    template: name,
    stop: async () => {
      await administer(connection, `drop database if exists ${name} with (force)`)
      await stopServer()
    },
  }
}
