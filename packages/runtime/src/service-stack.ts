import type { MinimalLogger } from './minimal-logger.ts'
import type { Service } from './service.ts'

const DEFAULT_STOP_MS = 2_000
/** What every service may still use when those before it have spent the whole time: enough for a clean shutdown of most. */
const LEAST_STOP_MS = 250

export type StopProblem = { service: string; problem: 'timeout' | 'error'; error?: unknown }

type Running = { name: string; stop: () => Promise<void>; stopTimeoutMs: number }

export type ServiceStackOptions = {
  logger: MinimalLogger
  /** For all stops together, in ms. */
  totalStopMs?: number
}

/** A start that came too late: `stop` had been called. */
export class StoppedWhileStarting extends Error {
  override readonly name = 'StoppedWhileStarting'

  constructor(service: string) {
    super(`${service} was to be started while the platform stops`)
  }
}

const nothing = (): void => {}

/** Settles with the outcome, or with `timeout` after `ms`. The work itself is left alone. */
const within = async (work: Promise<void>, ms: number): Promise<'done' | 'timeout' | { error: unknown }> => {
  const { promise, resolve } = Promise.withResolvers<'timeout'>()
  const timer = setTimeout(resolve, ms, 'timeout')
  try {
    return await Promise.race([
      work.then(
        () => 'done' as const,
        (error: unknown) => ({ error }),
      ),
      promise,
    ])
  } finally {
    clearTimeout(timer)
  }
}

/**
 * Runs services: started one after the other, stopped in reverse order, each with a deadline and all with one.
 * A stop that fails or takes too long is reported and does not keep the others from stopping.
 */
export class ServiceStack {
  readonly #logger: MinimalLogger
  readonly #totalStopMs: number
  readonly #running: Running[] = []
  #stopping: Promise<StopProblem[]> | undefined

  constructor(options: ServiceStackOptions) {
    this.#logger = options.logger
    this.#totalStopMs = options.totalStopMs ?? 10_000
  }

  #opening: Promise<unknown> | undefined

  /** Starts a service and keeps it until `stop`. When its start fails, it is not kept. */
  async start<S extends Service>(service: S): Promise<S> {
    return this.acquire(
      service.name,
      async () => (await service.start(), service),
      (started) => started.stop(),
      service.stopTimeoutMs,
    )
  }

  /** The same for a thing that is opened and closed, such as a lock or a pool. */
  async acquire<T>(
    name: string,
    open: () => Promise<T>,
    close: (opened: T) => Promise<void>,
    stopTimeoutMs = DEFAULT_STOP_MS,
  ): Promise<T> {
    if (this.#stopping !== undefined) throw new StoppedWhileStarting(name)
    const since = performance.now()
    const opening = open()
    this.#opening = opening
    const opened = await opening.finally(() => {
      this.#opening = undefined
    })
    this.#running.push({ name, stop: () => close(opened), stopTimeoutMs })
    this.#logger.debug({ service: name, ms: Math.round(performance.now() - since) }, 'started')
    return opened
  }

  /** Stops everything that runs; idempotent. Resolves with what went wrong, and never rejects. */
  stop(): Promise<StopProblem[]> {
    this.#stopping ??= this.#stopAll()
    return this.#stopping
  }

  async #stopAll(): Promise<StopProblem[]> {
    const problems: StopProblem[] = []
    const end = performance.now() + this.#totalStopMs
    // What is just being opened would otherwise be left behind.
    if (this.#opening !== undefined) await within(this.#opening.then(nothing, nothing), this.#totalStopMs / 2)
    for (let service = this.#running.pop(); service !== undefined; service = this.#running.pop()) {
      const { name, stop, stopTimeoutMs } = service
      const since = performance.now()
      const left = end - since - this.#running.length * LEAST_STOP_MS
      const outcome = await within(Promise.try(stop), Math.max(LEAST_STOP_MS, Math.min(stopTimeoutMs, left)))
      if (outcome === 'done') {
        this.#logger.debug({ service: name, ms: Math.round(performance.now() - since) }, 'stopped')
      } else if (outcome === 'timeout') {
        problems.push({ service: name, problem: 'timeout' })
        this.#logger.warn({ service: name }, 'did not stop in time')
      } else {
        problems.push({ service: name, problem: 'error', error: outcome.error })
        this.#logger.error({ service: name, err: outcome.error }, 'failed to stop')
      }
    }
    return problems
  }
}
