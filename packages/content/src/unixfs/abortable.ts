/**
 * Iterates `source` and throws the signal's reason as soon as it aborts, even while `source` gives nothing.
 * `source` is asked to return, but not waited for: it may never answer.
 */
export async function* abortable<T>(source: AsyncIterable<T>, signal: AbortSignal): AsyncGenerator<T> {
  signal.throwIfAborted()
  const iterator = source[Symbol.asyncIterator]()
  let reject: ((reason: unknown) => void) | undefined
  const onAbort = () => reject?.(signal.reason)
  signal.addEventListener('abort', onAbort, { once: true })
  let finished = false
  try {
    for (;;) {
      // A promise of its own for each step: racing against one that lives as long as the stream would leak reactions.
      const next = await new Promise<IteratorResult<T>>((resolve, rejectStep) => {
        reject = rejectStep
        iterator.next().then(resolve, rejectStep)
      })
      if (next.done === true) {
        finished = true
        return
      }
      yield next.value
      signal.throwIfAborted()
    }
  } finally {
    signal.removeEventListener('abort', onAbort)
    if (!finished) void Promise.resolve(iterator.return?.()).catch(() => undefined)
  }
}
