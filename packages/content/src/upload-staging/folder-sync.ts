/** Many that wait for the same sync share one: those that come while one runs wait for the next. */
export class FolderSync {
  readonly #sync: () => Promise<void>
  #running: Promise<void> = Promise.resolve()
  #next: Promise<void> | undefined

  constructor(sync: () => Promise<void>) {
    this.#sync = sync
  }

  /** Resolves after a sync that was begun after this call. */
  run(): Promise<void> {
    this.#next ??= this.#begin()
    return this.#next
  }

  async #begin(): Promise<void> {
    await this.#running
    this.#next = undefined
    const sync = this.#sync()
    this.#running = sync.catch(() => undefined)
    return sync
  }
}
