import { KuboError } from './kubo-error.ts'

/** When a call ends that nobody else ends: at its deadline, or after a silence. One for each call, disposed of with it. */
export class CallClock implements Disposable {
  readonly #controller = new AbortController()
  readonly #idleMs: number | undefined
  readonly #deadline: NodeJS.Timeout
  readonly #given: AbortSignal | undefined
  readonly #onGiven = (): void => this.#controller.abort(this.#given?.reason)
  #idle: NodeJS.Timeout | undefined
  #why: string | null = null

  constructor({ deadlineMs, idleMs, signal }: { deadlineMs: number; idleMs?: number; signal?: AbortSignal }) {
    this.#idleMs = idleMs
    this.#given = signal
    signal?.addEventListener('abort', this.#onGiven, { once: true })
    this.#deadline = setTimeout(() => this.#end(`no end within ${deadlineMs} ms`), deadlineMs)
    this.touch()
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  /** Why the clock ended the call; null when it did not. */
  get isOver(): string | null {
    return this.#why
  }

  /** Something moved. */
  touch(): void {
    if (this.#idleMs === undefined) return
    const idleMs = this.#idleMs
    if (this.#idle === undefined) this.#idle = setTimeout(() => this.#end(`nothing came for ${idleMs} ms`), idleMs)
    else this.#idle.refresh()
  }

  #end(why: string): void {
    this.#why = why
    this.#controller.abort(new KuboError('timeout', why))
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#deadline)
    clearTimeout(this.#idle)
    this.#given?.removeEventListener('abort', this.#onGiven)
  }
}
