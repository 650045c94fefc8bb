import type { ServerResponse } from 'node:http'
import { HoldfastError } from '@packages/shared/holdfast-error'
import type { CID } from 'multiformats/cid'
import type { Fetcher, NetworkAnswer } from './network-question.ts'
import type { FromWorker } from './worker-protocol.ts'

/** Longer than the primary takes in any case. */
const GRACE_MS = 5_000
const MAX_OPEN = 1_000

type Response = Pick<ServerResponse, 'destroyed' | 'headersSent' | 'once'>

/** One request that has something fetched from the network, for as long as its response is open. */
export type NetworkVisit = {
  /** A block below `root`, whose hash was checked. @throws HoldfastError `fetch_timeout`, `rate_limited`, `too_many_fetches`, `not_supported`, `unavailable` */
  get(root: CID, cid: CID, withheld: boolean): Promise<Uint8Array>
}

/** The worker's side of fetching from the network, which only the primary can reach. */
export class NetworkQuestions {
  readonly #open = new Map<number, (answer: NetworkAnswer) => void>()
  readonly #send: (message: FromWorker) => void
  #next = 1
  #nextVisit = 1

  constructor(send: (message: FromWorker) => void) {
    this.#send = send
  }

  /**
   * Nothing is asked before the first block is. Until the response begins all of them together may take `timeoutMs`, and each of them from then on.
   * When the response has closed, the primary is told that nothing more is wanted.
   */
  visit(fetcher: Fetcher, response: Response, timeoutMs: number): NetworkVisit {
    const visit = this.#nextVisit++
    let begunAt: number | undefined
    const begin = (): number => {
      response.once('close', () => this.#send({ kind: 'leave-network', visit }))
      return performance.now()
    }
    return {
      get: async (root, cid, withheld) => {
        if (response.destroyed) throw refusalOf({ state: 'late' })
        begunAt ??= begin()
        const left = response.headersSent ? timeoutMs : begunAt + timeoutMs - performance.now()
        if (left <= 0) throw refusalOf({ state: 'late' })
        const question = { ...fetcher, root: root.toString(), cid: cid.toString(), waitMs: left, withheld }
        const answer = await this.#ask((id) => ({ kind: 'ask-network', id, visit, question }), left + GRACE_MS)
        if (answer.state === 'block') return Buffer.from(answer.bytes, 'base64')
        throw refusalOf(answer)
      },
    }
  }

  answer(id: number, answer: NetworkAnswer): void {
    const resolve = this.#open.get(id)
    this.#open.delete(id)
    resolve?.(answer)
  }

  #ask(message: (id: number) => FromWorker, withinMs: number): Promise<NetworkAnswer> {
    if (this.#open.size >= MAX_OPEN) return Promise.resolve({ state: 'busy' })
    const id = this.#next++
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.answer(id, { state: 'failed' }), withinMs)
      timer.unref()
      this.#open.set(id, (answer) => {
        clearTimeout(timer)
        resolve(answer)
      })
      this.#send(message(id))
    })
  }
}

/** What a visitor is told. */
const refusalOf = (answer: Exclude<NetworkAnswer, { state: 'block' }>): HoldfastError => {
  switch (answer.state) {
    case 'late':
      return new HoldfastError('fetch_timeout')
    case 'quota':
      return new HoldfastError('rate_limited', {
        detail: 'Too much was fetched from the IPFS network for you.',
        headers: { 'Retry-After': String(Math.max(1, Math.ceil(answer.retryAfterMs / 1_000))) },
      })
    case 'busy':
      return new HoldfastError('too_many_fetches', { headers: { 'Retry-After': '5' } })
    case 'limit':
      return new HoldfastError('not_supported', {
        detail: 'More would have to be fetched from the IPFS network than one request may have.',
      })
    case 'failed':
      return new HoldfastError('unavailable', {
        detail: 'The IPFS network cannot be reached now.',
        headers: { 'Retry-After': '5' },
      })
  }
}
