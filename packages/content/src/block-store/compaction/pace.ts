import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises'

/** So long may work go on without a turn for others. */
const TURN_MS = 2
/** Waiting for less costs more than it spares. */
const MIN_WAIT_MS = 5
/** Time that was lost is made up for by so much at most: no burst after a pause. */
const MAX_CREDIT_MS = 50

/** Keeps background work at a rate, and lets everybody else have their turn. */
export class Pace {
  readonly #bytesPerMs: number
  readonly #signal: AbortSignal
  #due = performance.now()
  #turnStarted = performance.now()

  /** @param bytesPerSecond read and written, together; `Infinity` for no bound */
  constructor(bytesPerSecond: number, signal: AbortSignal) {
    this.#bytesPerMs = bytesPerSecond / 1_000
    this.#signal = signal
  }

  /** Call it for every few bytes that were read or written; wait for the promise when there is one. @throws the signal's reason */
  spend(bytes: number): Promise<void> | undefined {
    const now = performance.now()
    this.#due = Math.max(this.#due, now - MAX_CREDIT_MS) + bytes / this.#bytesPerMs
    const turnIsOver = now - this.#turnStarted >= TURN_MS
    // Asked once a turn: a composite signal takes longer to answer than a dead block to pass.
    if (turnIsOver) this.#signal.throwIfAborted()
    if (this.#due - now >= MIN_WAIT_MS) return this.#wait(sleep(this.#due - now, undefined, { signal: this.#signal }))
    return turnIsOver ? this.#wait(nextTurn()) : undefined
  }

  async #wait(pause: Promise<void>): Promise<void> {
    await pause
    this.#turnStarted = performance.now()
  }
}
