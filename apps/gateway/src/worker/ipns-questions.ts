import type {
  NameAnswer,
  NameFailure,
  NameQuestion,
  PublishAnswer,
  RecordAnswer,
  ResolvedName,
} from '../names/name-question.ts'
import type { FromWorker } from './worker-protocol.ts'

const MAX_OPEN = 1_000
const UNAVAILABLE: NameFailure = { failure: 'unavailable', detail: 'The name could not be looked up.' }

/** The worker's side of questions about IPNS names and DNSLinks, which only the primary can answer. */
export class IpnsQuestions {
  readonly #open = new Map<number, (answer: NameAnswer) => void>()
  readonly #send: (message: FromWorker) => void
  readonly #timeoutMs: number
  #next = 1

  constructor(send: (message: FromWorker) => void, timeoutMs = 15_000) {
    this.#send = send
    this.#timeoutMs = timeoutMs
  }

  async resolve(name: string, client: string): Promise<ResolvedName | NameFailure> {
    const answer = await this.#ask({ kind: 'resolve', name, client })
    return 'path' in answer || 'failure' in answer ? answer : UNAVAILABLE
  }

  /** @param key an IPNS name in canonical form */
  async record(key: string, client: string): Promise<RecordAnswer | NameFailure> {
    const answer = await this.#ask({ kind: 'record', key, client })
    return 'record' in answer || 'failure' in answer ? answer : UNAVAILABLE
  }

  async publish(key: string, record: Buffer): Promise<PublishAnswer | NameFailure> {
    const answer = await this.#ask({ kind: 'publish', key, record: record.toString('base64') })
    return 'published' in answer || 'failure' in answer ? answer : UNAVAILABLE
  }

  answer(id: number, answer: NameAnswer): void {
    const resolve = this.#open.get(id)
    this.#open.delete(id)
    resolve?.(answer)
  }

  #ask(question: NameQuestion): Promise<NameAnswer> {
    if (this.#open.size >= MAX_OPEN) return Promise.resolve(UNAVAILABLE)
    const id = this.#next++
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.answer(id, UNAVAILABLE), this.#timeoutMs)
      timer.unref()
      this.#open.set(id, (answer) => {
        clearTimeout(timer)
        resolve(answer)
      })
      this.#send({ kind: 'ask-ipns', id, question })
    })
  }
}
