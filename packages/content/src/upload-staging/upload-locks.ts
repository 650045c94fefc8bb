import { HoldfastError } from '@packages/shared/holdfast-error'

/** `signal` fires when somebody else asks for the same upload: end soon, and let go. */
export type UploadLock = {
  signal: AbortSignal
  /** Somebody else had it before: what was read earlier may be old. */
  waited: boolean
  release(): void
}

type Holder = { end: AbortController; released: Promise<void> }

/** Uploads whose last request is remembered after it has let go. */
const MAX_REMEMBERED = 10_000

/**
 * One at a time for each upload, the newest first: a client that lost its connection comes again before the server has
 * noticed, so that whoever receives is told to end, keeps what it has, and the new one goes on from there.
 */
export class UploadLocks {
  /** The newest of each upload; it waits for the one before. */
  readonly #newest = new Map<string, Holder>()
  /** When the newest request for each upload came, the longest known first. */
  readonly #arrivals = new Map<string, number>()

  /**
   * Resolves once all that asked before have let go.
   * @param arrivedAt when the request came, by `performance.now()`: it may have been overtaken on its way here
   * @throws HoldfastError `conflict` when one that came later was told where the upload stands
   */
  async acquire(id: string, arrivedAt: number): Promise<UploadLock> {
    if (arrivedAt < (this.#arrivals.get(id) ?? arrivedAt)) throw overtaken()
    this.#remember(id, arrivedAt)
    const before = this.#newest.get(id)
    const { promise: released, resolve } = Promise.withResolvers<void>()
    const holder: Holder = { end: new AbortController(), released }
    this.#newest.set(id, holder)
    const release = (): void => {
      if (this.#newest.get(id) === holder) this.#newest.delete(id)
      resolve()
    }
    before?.end.abort(overtaken())
    await before?.released
    return { signal: holder.end.signal, waited: before !== undefined, release }
  }

  #remember(id: string, arrivedAt: number): void {
    this.#arrivals.delete(id)
    this.#arrivals.set(id, arrivedAt)
    if (this.#arrivals.size <= MAX_REMEMBERED) return
    const [oldest] = this.#arrivals.keys()
    if (oldest !== undefined) this.#arrivals.delete(oldest)
  }
}

const overtaken = (): HoldfastError =>
  new HoldfastError('conflict', { detail: 'Another request goes on with this upload.' })
