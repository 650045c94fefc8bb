import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { composePlatform } from '@apps/platform/compose'
import { type Database } from '@packages/db/open-database'
import { startTestDatabase } from '@packages/db/test-database'
import { loadConfig } from '@packages/runtime/config'
import { createLogger } from '@packages/runtime/logger'
import { callJson, type UploadedFile, uploadFile } from './http-client.ts'

const PASSWORD = 'a password for tests'

export type TestUser = { email: string; password: string }

export type StartPlatformOptions = {
  /** Settings over those of a platform on free ports that dials nowhere. Nothing is taken from this process's own. */
  environment?: Record<string, string>
  /** Kept after `stop`, for a second start on it; a temporary folder, removed by `stop`, when not given. */
  dataDir?: string
  /**
   * `shared` (default): an empty database of its own on the run's test server, gone after `stop`.
   * `embedded`: a PostgreSQL in the data folder, as users have it; a second slower, and there again at the next start.
   */
  database?: 'shared' | 'embedded'
  /** Takes each line of the log; give `environment` a LOG_LEVEL, which is `silent` otherwise. */
  onLogLine?: (line: string) => void
  /** Make the administrator; true by default. */
  setUp?: boolean
}

/** A whole platform in this process, and what tests ask of it. */
export type TestPlatform = {
  apiUrl: string
  gatewayUrl: string
  /** Where its figures are. */
  metricsUrl: string
  dataDir: string
  db: Database
  admin: TestUser
  /** From the one-time link; null when it is set up. */
  setupToken: string | null
  /** Makes a user with an own organization, as the administrator. */
  newUser(email?: string): Promise<TestUser>
  logIn(user?: TestUser): Promise<{ accessToken: string; refreshToken: string }>
  /** A new API key; of the administrator, unless told otherwise. */
  apiKey(user?: TestUser, scopes?: string[]): Promise<string>
  upload(key: string, content: string | Uint8Array<ArrayBuffer> | Blob, name?: string): Promise<UploadedFile>
  stop(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

/** Undoes, in reverse order, what was done so far; goes on when one fails, and tells the first failure. */
const undoAll = async (undo: (() => Promise<void>)[]): Promise<void> => {
  const failures: unknown[] = []
  for (let step = undo.pop(); step !== undefined; step = undo.pop())
    await step().catch((error: unknown) => failures.push(error))
  if (failures.length > 0) throw failures[0]
}

/**
 * Boots the whole platform (API, gateway as one in-process worker, content store, database) on free ports, set up with
 * an administrator. Any number run side by side. Its log is silent; `environment: { LOG_LEVEL: 'debug' }` shows it.
 */
export const startPlatform = async (options: StartPlatformOptions = {}): Promise<TestPlatform> => {
  const undo: (() => Promise<void>)[] = []
  const admin = { email: 'admin@example.org', password: PASSWORD }
  try {
    const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'holdfast-test-')))
    if (options.dataDir === undefined) undo.push(() => rm(dataDir, { recursive: true, force: true, maxRetries: 5 }))
    let database: Record<string, string> = {}
    if (options.database !== 'embedded') {
      const made = await startTestDatabase({ poolSize: 1 })
      undo.push(() => made.stop())
      database = { DATABASE_URL: made.url }
    }
    const config = loadConfig({
      DATA_DIR: dataDir,
      API_PORT: '0',
      GATEWAY_PORT: '0',
      METRICS_PORT: '0',
      // A second of loading that few tests want.
      SWARM_PORT: 'off',
      IPFS_NETWORK: 'none',
      LOG_LEVEL: 'silent',
      ...(options.setUp === false ? {} : { ADMIN_EMAIL: admin.email, ADMIN_PASSWORD: admin.password }),
      ...database,
      ...options.environment,
    })
    const platform = composePlatform(config, {
      logger: createLogger({
        ...config.log,
        ...(options.onLogLine === undefined ? {} : { destination: { write: options.onLogLine } }),
      }),
      gatewayWorkers: 'in-process',
      onFatal: (reason) => {
        throw new Error(reason)
      },
    })
    undo.push(async () => {
      const problems = await platform.stop()
      if (problems.length > 0)
        throw new AggregateError(
          problems.map(({ error }) => error),
          `did not stop: ${JSON.stringify(problems)}`,
        )
    })
    const running = await platform.start()
    const apiUrl = running.apiUrl ?? ''
    const api = `${apiUrl}/api/v1`
    let users = 0

    const logIn = (user: TestUser = admin) =>
      callJson<{ accessToken: string; refreshToken: string }>(`${api}/auth/login`, { body: user })
    const apiKey = async (user: TestUser = admin, scopes?: string[]): Promise<string> => {
      const { accessToken: token } = await logIn(user)
      const body = { name: 'test', ...(scopes === undefined ? {} : { scopes }) }
      return (await callJson<{ key: string }>(`${api}/api-keys`, { token, body })).key
    }
    const newUser = async (email = `user-${++users}@example.org`): Promise<TestUser> => {
      const { accessToken: token } = await logIn()
      await callJson(`${api}/users`, { token, body: { email, name: email, password: PASSWORD } })
      return { email, password: PASSWORD }
    }
    const stop = (): Promise<void> => undoAll(undo)
    return {
      apiUrl,
      gatewayUrl: running.gatewayUrl ?? '',
      metricsUrl: running.metricsUrl ?? '',
      dataDir,
      db: running.db,
      admin,
      setupToken: running.setupUrl === null ? null : (running.setupUrl.split('#token=')[1] ?? null),
      newUser,
      logIn,
      apiKey,
      upload: (key, content, name) => uploadFile(apiUrl, key, content, name),
      stop,
      [Symbol.asyncDispose]: stop,
    }
  } catch (error) {
    await undoAll(undo).catch(() => {})
    throw error
  }
}
