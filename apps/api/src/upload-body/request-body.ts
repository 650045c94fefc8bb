import type { IncomingMessage } from 'node:http'
import { HoldfastError } from '@packages/shared/holdfast-error'
import { UPLOAD_LIMITS } from './upload-limits.ts'

export type BodyPace = {
  /** How long nothing may come in. */
  idleMs: number
  /** Once the sender has been waited for this long in all, the average rate must reach `minBytesPerSecond`. */
  slowMs: number
  minBytesPerSecond: number
  /** Milliseconds of a clock that only goes forward. */
  now: () => number
  /** Ends the waiting for more; what it was aborted with is thrown. */
  signal: AbortSignal
}

/**
 * The pieces of a request's body as they come in. A piece is asked for only when the reader wants one, so that a slow
 * disk slows the socket; the reader may stop early without closing the connection (the reply has to go out).
 * Only time in which the sender is waited for counts as slow, not what the store takes.
 * @throws HoldfastError `truncated_body` when the client goes away, `request_timeout` when nothing comes for `idleMs` or
 *   too little in all
 */
export async function* readBody(
  raw: IncomingMessage,
  pace: Partial<BodyPace> = {},
): AsyncGenerator<Uint8Array, void, undefined> {
  const { signal } = pace
  const { idleMs, slowMs, minBytesPerSecond, now } = { ...UPLOAD_LIMITS, now: () => performance.now(), ...pace }
  const pieces = raw.iterator({ destroyOnReturn: false })
  let ended = false
  let bytes = 0
  let waitedMs = 0
  try {
    for (;;) {
      const asked = now()
      const next = await within(idleMs, pieces.next(), signal)
      waitedMs += now() - asked
      if (next.done === true) break
      const piece = next.value as Uint8Array
      bytes += piece.length
      if (waitedMs > slowMs && bytes < (waitedMs / 1000) * minBytesPerSecond)
        throw new HoldfastError('request_timeout', { detail: `Send at least ${minBytesPerSecond} bytes a second.` })
      yield piece
    }
    ended = true
  } catch (cause) {
    if (cause instanceof HoldfastError) throw cause
    throw new HoldfastError('truncated_body', { detail: 'The connection was closed.', cause })
  } finally {
    // Not awaited: while a piece is outstanding it does not settle.
    if (!ended) void Promise.resolve(pieces.return?.()).catch(() => undefined)
  }
}

/** A promise of its own for each piece: racing against one that lives as long as the body would leak reactions. */
const within = <T>(ms: number, step: Promise<T>, signal: AbortSignal | undefined): Promise<T> =>
  new Promise((resolve, reject) => {
    const stop = (): void => reject(signal?.reason)
    if (signal?.aborted === true) stop()
    signal?.addEventListener('abort', stop, { once: true })
    const timer = setTimeout(
      () =>
        reject(new HoldfastError('request_timeout', { detail: `No bytes came in for ${Math.round(ms / 1000)} s.` })),
      ms,
    )
    step.then(resolve, reject).finally(() => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', stop)
    })
  })
