import { HoldfastError } from '@packages/shared/holdfast-error'
import { canonicalCid } from '@packages/shared/cid'
import type { CID } from 'multiformats/cid'
import { ContentGone } from '../content/block-errors.ts'
import type { FarAnswer, FarQuestion } from './far-question.ts'
import type { FromWorker } from './worker-protocol.ts'

const MAX_OPEN = 1_000
/** Longer than the primary waits for a node. */
const TIMEOUT_MS = 25_000

const unavailable = (): HoldfastError =>
  new HoldfastError('unavailable', {
    detail: 'The nodes that have this do not give it now.',
    headers: { 'Retry-After': '5' },
  })

/** The worker's side of reading from nodes, which only the primary knows. */
export class FarQuestions {
  readonly #open = new Map<number, (answer: FarAnswer) => void>()
  readonly #send: (message: FromWorker) => void
  readonly #timeoutMs: number
  #next = 1

  constructor(send: (message: FromWorker) => void, timeoutMs = TIMEOUT_MS) {
    this.#send = send
    this.#timeoutMs = timeoutMs
  }

  /** The root that this is or is below, when it may be read. @throws HoldfastError `unavailable` */
  async find(cid: CID): Promise<string | undefined> {
    const answer = await this.#ask({ kind: 'root', cid: canonicalCid(cid) })
    if (answer.state === 'root') return answer.root
    if (answer.state === 'unknown') return undefined
    throw unavailable()
  }

  /** A block below that root. @throws ContentGone when that may not be read any more; HoldfastError `unavailable` */
  async block(root: string, cid: CID): Promise<Uint8Array> {
    const answer = await this.#ask({ kind: 'block', root, cid: cid.toString() })
    if (answer.state === 'block') return Buffer.from(answer.bytes, 'base64')
    if (answer.state === 'unknown') throw new ContentGone(`the root ${root} is not held any more`)
    throw unavailable()
  }

  /** Of a private content that was granted; undefined when private nodes do not have it. @throws HoldfastError `unavailable` */
  async ciphertext(contentId: string, cid: CID): Promise<Uint8Array | undefined> {
    const answer = await this.#ask({ kind: 'ciphertext', contentId, cid: cid.toString() })
    if (answer.state === 'block') return Buffer.from(answer.bytes, 'base64')
    if (answer.state === 'unknown') return undefined
    throw unavailable()
  }

  answer(id: number, answer: FarAnswer): void {
    const resolve = this.#open.get(id)
    this.#open.delete(id)
    resolve?.(answer)
  }

  #ask(question: FarQuestion): Promise<FarAnswer> {
    if (this.#open.size >= MAX_OPEN) return Promise.resolve({ state: 'failed' })
    const id = this.#next++
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.answer(id, { state: 'failed' }), this.#timeoutMs)
      timer.unref()
      this.#open.set(id, (answer) => {
        clearTimeout(timer)
        resolve(answer)
      })
      this.#send({ kind: 'ask-far', id, question })
    })
  }
}
