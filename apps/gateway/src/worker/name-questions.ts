import type { AskName } from '../content/name-cache.ts'
import type { FromWorker } from './worker-protocol.ts'

/** More at a time would only queue at the database. */
const MAX_OPEN = 1000

/** The worker's side of name look-ups: numbers questions to the primary and gives up on those it does not answer. */
export class NameQuestions {
  readonly #open = new Map<number, (found: boolean | null) => void>()
  readonly #send: (message: FromWorker) => void
  readonly #timeoutMs: number
  #next = 1

  constructor(send: (message: FromWorker) => void, timeoutMs = 5000) {
    this.#send = send
    this.#timeoutMs = timeoutMs
  }

  readonly ask: AskName = (cid, name) => {
    if (this.#open.size >= MAX_OPEN) return Promise.resolve(null)
    const id = this.#next++
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.answer(id, null), this.#timeoutMs)
      timer.unref()
      this.#open.set(id, (found) => {
        clearTimeout(timer)
        resolve(found)
      })
      this.#send({ kind: 'ask-name', id, cid, name })
    })
  }

  answer(id: number, found: boolean | null): void {
    const resolve = this.#open.get(id)
    this.#open.delete(id)
    resolve?.(found)
  }
}
