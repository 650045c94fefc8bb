import { HoldfastError } from '@packages/shared/holdfast-error'

/** `signal` fires when somebody else asks for the same upload: end soon, and let go. */
export type UploadLock = {
  signal: AbortSignal
  /** Somebody else had it before: what was read earlier may be old. */
  waited: boolean
  release(): void
}

type Holder = { end: AbortController; released: Promise<void> }

/**
 * One at a time for each upload, the newest first: a client that lost its connection comes again before the server has
 * noticed, so that whoever receives is told to end, keeps what it has, and the new one goes on from there.
 */
export class UploadLocks {
  /** The newest of each upload; it waits for the one before. */
  readonly #newest = new Map<string, Holder>()

  /** Resolves once all that asked before have let go. */
  async acquire(id: string): Promise<UploadLock> {
    const before = this.#newest.get(id)
    const { promise: released, resolve } = Promise.withResolvers<void>()
    const holder: Holder = { end: new AbortController(), released }
    this.#newest.set(id, holder)
    const release = (): void => {
      if (this.#newest.get(id) === holder) this.#newest.delete(id)
      resolve()
    }
    before?.end.abort(new HoldfastError('conflict', { detail: 'Another request goes on with this upload.' }))
    await before?.released
    return { signal: holder.end.signal, waited: before !== undefined, release }
  }
}
