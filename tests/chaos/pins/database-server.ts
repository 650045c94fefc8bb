import { join } from 'node:path'
import { type EmbeddedPostgres, startEmbeddedPostgres } from '@packages/db/embedded-postgres'
import { processTree } from '@packages/testkit/process-tree'
import { untilGone } from '@packages/testkit/until-gone'
import { Client } from 'pg'

const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }
const ASK_MS = 3_000

/** A PostgreSQL that is the operator's and not the platform's: it can be restarted under it. */
export class DatabaseServer {
  readonly #dataDir: string
  readonly #environment: Record<string, string>
  #server: EmbeddedPostgres

  private constructor(dataDir: string, environment: Record<string, string>, server: EmbeddedPostgres) {
    this.#dataDir = dataDir
    this.#environment = environment
    this.#server = server
  }

  /** @param environment of the server's processes: their clock */
  static async start(folder: string, environment: Record<string, string>): Promise<DatabaseServer> {
    const dataDir = join(folder, 'postgres')
    return new DatabaseServer(
      dataDir,
      environment,
      await startEmbeddedPostgres({ dataDir, environment, logger: silent }),
    )
  }

  /** `DATABASE_URL`; the same after each restart. */
  get url(): string {
    const { host, user, password, database } = this.#server.connection
    return `postgresql://${user}:${password}@localhost:5432/${database}?host=${encodeURIComponent(host)}`
  }

  async ask<T>(text: string): Promise<T[]> {
    const client = new Client({ connectionString: this.url, connectionTimeoutMillis: ASK_MS, query_timeout: ASK_MS })
    // It may go away at any moment: what counts is the answer.
    client.on('error', () => undefined)
    await client.connect()
    try {
      return (await client.query(text)).rows as T[]
    } finally {
      await client.end().catch(() => undefined)
    }
  }

  /** Cuts all connections, as a restart by its operator does. */
  async stop(): Promise<void> {
    await this.#server.stop()
  }

  /** SIGKILL to all its processes. */
  async kill(): Promise<void> {
    const pids = await processTree(this.#server.pid)
    for (const pid of pids) killQuietly(pid)
    // Its exit alone would not keep this program waiting: nothing hangs on a server that was forgotten.
    await untilGone(pids)
  }

  async restart(): Promise<void> {
    const [dataDir, environment] = [this.#dataDir, this.#environment]
    this.#server = await startEmbeddedPostgres({ dataDir, environment, logger: silent })
  }
}

const killQuietly = (pid: number): void => {
  try {
    process.kill(pid, 'SIGKILL')
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
  }
}
