import type { DownloadQuestion, FileAnswer, FileQuestion } from './file-question.ts'
import type { FromWorker } from './worker-protocol.ts'

const MAX_OPEN = 1_000
const UNAVAILABLE: FileAnswer = { refusal: { code: 'unavailable', retryAfterSeconds: 2 } }

type Answer = FileAnswer | boolean | null

/** The worker's side of questions about /files, which only the primary can answer: it has the database and the keys. */
export class FileQuestions {
  readonly #open = new Map<number, (answer: Answer) => void>()
  readonly #send: (message: FromWorker) => void
  readonly #timeoutMs: number
  #next = 1

  constructor(send: (message: FromWorker) => void, timeoutMs = 10_000) {
    this.#send = send
    this.#timeoutMs = timeoutMs
  }

  /** What the credential opens. Nothing is remembered: what is revoked is so with the next request. */
  async find(question: FileQuestion): Promise<FileAnswer> {
    const answer = await this.#ask((id) => ({ kind: 'ask-file', id, question }))
    return answer === null || typeof answer === 'boolean' ? UNAVAILABLE : answer
  }

  /** Takes a download; `null`: it could not be found out. */
  async take(question: DownloadQuestion): Promise<boolean | null> {
    const answer = await this.#ask((id) => ({ kind: 'ask-download', id, question }))
    return typeof answer === 'boolean' ? answer : null
  }

  answer(id: number, answer: Answer): void {
    const resolve = this.#open.get(id)
    this.#open.delete(id)
    resolve?.(answer)
  }

  #ask(message: (id: number) => FromWorker): Promise<Answer> {
    if (this.#open.size >= MAX_OPEN) return Promise.resolve(null)
    const id = this.#next++
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.answer(id, null), this.#timeoutMs)
      timer.unref()
      this.#open.set(id, (answer) => {
        clearTimeout(timer)
        resolve(answer)
      })
      this.#send(message(id))
    })
  }
}
