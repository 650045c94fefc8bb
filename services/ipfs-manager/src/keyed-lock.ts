/** One at a time for each key; others wait in the order in which they came. */
export class KeyedLock {
  readonly #last = new Map<string, Promise<void>>()

  /** @throws the signal's reason when it fires before the turn comes; what `work` throws */
  async run<T>(key: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const before = this.#last.get(key)
    const { promise: done, resolve: leave } = Promise.withResolvers<void>()
    const turn = Promise.resolve(before).then(() => done)
    this.#last.set(key, turn)
    void turn.then(() => {
      if (this.#last.get(key) === turn) this.#last.delete(key)
    })
    try {
      await untilAborted(before, signal)
      return await work()
    } finally {
      leave()
    }
  }

  /** All keys at the same time. They are taken in one order, so that nobody waits for one another. */
  runAll<T>(keys: readonly string[], signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    return [...new Set(keys)]
      .sort()
      .reduce<() => Promise<T>>((inner, key) => () => this.run(key, signal, inner), work)()
  }
}

const untilAborted = async (before: Promise<void> | undefined, signal: AbortSignal): Promise<void> => {
  signal.throwIfAborted()
  if (before === undefined) return
  const { promise, reject } = Promise.withResolvers<never>()
  const onAbort = (): void => reject(signal.reason)
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    await Promise.race([before, promise])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}
