import { BackendError, type Ensured, type PinBackend, type RootSource, type WantedRoot } from '../pin-backend.ts'

type Pushed = { root: WantedRoot; source: RootSource & { kind: 'car' } }
type Waiting = Pushed & { resolve(word: Ensured): void; reject(error: unknown): void }

/** What goes to a node in one call: small roots cost a sync each, and a large one would hold up the others. */
const MAX_ROOTS = 256
const MAX_BYTES = 32 * 1024 * 1024
/** Calls at the same time for one node. */
const AT_ONCE = 4

/** Pushes to one node, in groups without a waiting window: while some are under way, the next group gathers. */
export class NodePusher {
  readonly #backend: Pick<PinBackend, 'push'>
  readonly #nodeId: string
  readonly #signal: AbortSignal
  readonly #waiting: Waiting[] = []
  #running = 0

  constructor(backend: Pick<PinBackend, 'push'>, nodeId: string, signal: AbortSignal) {
    this.#backend = backend
    this.#nodeId = nodeId
    this.#signal = signal
  }

  /** Resolves when the node has confirmed. @throws BackendError; the signal's reason */
  push(pushed: Pushed): Promise<Ensured> {
    const { promise, resolve, reject } = Promise.withResolvers<Ensured>()
    this.#waiting.push({ ...pushed, resolve, reject })
    // What this turn of the event loop brings goes along.
    void Promise.resolve().then(() => this.#next())
    return promise
  }

  #next(): void {
    while (this.#running < AT_ONCE && this.#waiting.length > 0) {
      this.#running++
      void this.#send(this.#take()).finally(() => {
        this.#running--
        this.#next()
      })
    }
  }

  #take(): Waiting[] {
    let bytes = 0
    let count = 0
    for (const { root } of this.#waiting) {
      bytes += root.dagSize ?? MAX_BYTES
      if (count > 0 && (bytes > MAX_BYTES || count === MAX_ROOTS)) break
      count++
    }
    return this.#waiting.splice(0, count)
  }

  async #send(group: Waiting[]): Promise<void> {
    try {
      const words = await this.#backend.push(this.#nodeId, group, this.#signal)
      for (const [index, { resolve, reject }] of group.entries()) {
        const word = words[index]
        if (word === undefined || word instanceof BackendError) reject(word ?? new Error('a root has no word'))
        else resolve(word)
      }
    } catch (error) {
      for (const { reject } of group) reject(error)
    }
  }
}
