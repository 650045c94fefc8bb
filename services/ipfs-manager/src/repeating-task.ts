import type { MinimalLogger } from '@packages/runtime/minimal-logger'

export type RepeatingTaskOptions = {
  name: string
  everyMs: number
  run: (signal: AbortSignal) => Promise<void>
  logger: MinimalLogger
}

/** Runs something again and again, never twice at once. A run that fails is logged, and tried again at its time. */
export class RepeatingTask {
  readonly #options: RepeatingTaskOptions
  readonly #stop = new AbortController()
  #timer: NodeJS.Timeout | undefined
  #running: Promise<void> = Promise.resolve()

  constructor(options: RepeatingTaskOptions) {
    this.#options = options
  }

  /** @param firstAfterMs before the first run; one whole interval by default */
  start(firstAfterMs: number = this.#options.everyMs): void {
    this.#timer = setTimeout(() => {
      this.#running = this.#once()
    }, firstAfterMs)
    this.#timer.unref()
  }

  /** Tells a run to end, and waits for it. */
  async stop(): Promise<void> {
    this.#stop.abort()
    clearTimeout(this.#timer)
    await this.#running
  }

  async #once(): Promise<void> {
    const { name, run, logger } = this.#options
    try {
      await run(this.#stop.signal)
    } catch (error) {
      if (!this.#stop.signal.aborted) logger.error({ err: error, task: name }, 'a repeated task failed')
    }
    if (!this.#stop.signal.aborted) this.start()
  }
}
