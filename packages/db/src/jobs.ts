import type { MinimalLogger } from '@packages/runtime/minimal-logger'
import { JOBS, type JobName, type JobPayload } from '@packages/shared/jobs'
import type { Transaction } from 'kysely'
import type pg from 'pg'
import { fromKysely, type Job, PgBoss } from 'pg-boss'
import { type Connection, connectionConfig } from './connection-pool.ts'
import { jobClock } from './job-clock.ts'
import type { Tables } from './tables.ts'

/** pg-boss's own schema beside ours. */
export const JOBS_SCHEMA = 'jobs'

/** Kept by each queue: ten tries over some twenty minutes; whoever sends must be able to find lost work again. */
export const QUEUE_OPTIONS = {
  notify: true,
  retryLimit: 10,
  retryDelay: 1,
  retryBackoff: true,
  retryDelayMax: 300,
  expireInSeconds: 300,
  deleteAfterSeconds: 3_600,
} as const

export type WorkOptions = {
  /** Jobs handed over at once; 32 by default. They fail and are tried again together. */
  batchSize?: number
  /** Batches at work at once in this process; 1 by default. */
  concurrency?: number
  /** How often to look when no NOTIFY came, in seconds; 2 by default. */
  pollSeconds?: number
}
export type JobHandler<N extends JobName> = (
  payloads: JobPayload<N>[],
  options: { signal: AbortSignal },
) => Promise<void>

export type JobQueueDeps = { connection: Connection; pool: pg.Pool; logger: MinimalLogger }

const WORKER_CONNECTIONS = 4

/**
 * Jobs on pg-boss. Sending happens only through a unit of work, on its transaction; commit also wakes the workers
 * of every process (NOTIFY), polling is the safety net. A process that works no jobs holds no extra connection.
 */
export class JobQueue {
  readonly #deps: JobQueueDeps
  #sender: Promise<PgBoss> | null = null
  #worker: Promise<PgBoss> | null = null

  constructor(deps: JobQueueDeps) {
    this.#deps = deps
  }

  /** Loads what sending needs; to be called outside of a transaction, so that one never waits for the pool. */
  async prepare(): Promise<void> {
    const { pool } = this.#deps
    this.#sender ??= this.#start(
      new PgBoss({
        schema: JOBS_SCHEMA,
        db: { executeSql: async (text, values) => pool.query(text, values) },
        migrate: false,
        supervise: false,
        schedule: false,
        registerInstance: false,
      }),
    ).catch((error) => {
      this.#sender = null
      throw error
    })
    await this.#sender
  }

  /** For the unit of work: one statement for all payloads. */
  async insert<N extends JobName>(tx: Transaction<Tables>, name: N, payloads: JobPayload<N>[]): Promise<void> {
    const data = payloads.map((payload) => ({ data: JOBS[name].parse(payload) }))
    const sender = await (this.#sender ?? Promise.reject(new Error('prepare() was not called')))
    await sender.insert(name, data, { db: fromKysely(tx) })
  }

  /** Works a queue from now on. A handler that throws sends its whole batch back, with growing delays. */
  async work<N extends JobName>(name: N, options: WorkOptions, handler: JobHandler<N>): Promise<void> {
    this.#worker ??= this.#start(
      new PgBoss({
        ...connectionConfig(this.#deps.connection, 'holdfast-jobs'),
        schema: JOBS_SCHEMA,
        max: WORKER_CONNECTIONS,
        clock: jobClock,
        migrate: false,
        supervise: true,
        schedule: false,
        useListenNotify: true,
      }),
    )
    const worker = await this.#worker
    const poll = options.pollSeconds ?? 2
    const batchSize = options.batchSize ?? 32
    const settings = {
      batchSize,
      localConcurrency: options.concurrency ?? 1,
      pollingIntervalSeconds: Math.min(poll, 2),
      notifyPollingIntervalSeconds: poll,
      burstWhenBatchFull: batchSize > 1,
    }
    await worker.work(name, settings, async (jobs: Job<unknown>[]) => {
      const signal = jobs[0]?.signal ?? AbortSignal.abort()
      await handler(
        jobs.map((job) => JOBS[name].parse(job.data) as JobPayload<N>),
        { signal },
      )
    })
  }

  /** Takes no new jobs and waits up to `drainMs` (5 s by default) for running ones; the rest is tried again later. */
  async stop(options: { drainMs?: number } = {}): Promise<void> {
    const timeout = options.drainMs ?? 5_000
    const [worker, sender] = [this.#worker, this.#sender]
    this.#worker = this.#sender = null
    await (await worker)?.stop({ graceful: timeout > 0, timeout })
    await (await sender)?.stop({ graceful: false })
  }

  async #start(boss: PgBoss): Promise<PgBoss> {
    const { logger } = this.#deps
    boss.on('error', (error) => logger.error({ err: error }, 'job queue'))
    boss.on('warning', ({ message, data }) => logger.warn({ data }, message))
    return boss.start()
  }
}
