import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ConnectionOptions } from '../connection-pool.ts'
import { SUPERUSER } from './init-cluster.ts'

export const DATABASE = 'holdfast'

/** The way to the server whose socket is in this folder. */
export const connectionIn = (host: string, password: string): ConnectionOptions => ({
  host,
  port: 5432,
  user: SUPERUSER,
  password,
  database: DATABASE,
})

/** The fifth line is where its socket is (postmaster.pid, as of PostgreSQL 18). */
const SOCKET_LINE = 4

/**
 * The way to the embedded server that a running platform has in this folder; null when none has written that it runs. It may have died since: then connecting fails.
 * @param dataDir as `startEmbeddedPostgres` has it
 */
export const runningPostgres = async (dataDir: string): Promise<ConnectionOptions | null> => {
  const [running, password] = await Promise.all(
    [join(dataDir, 'cluster', 'postmaster.pid'), join(dataDir, 'password')].map((path) =>
      readFile(path, 'utf8').catch(() => null),
    ),
  )
  const socketFolder = running?.split('\n')[SOCKET_LINE]?.trim() ?? ''
  if (socketFolder === '' || password == null) return null
  return connectionIn(socketFolder, password.trim())
}
