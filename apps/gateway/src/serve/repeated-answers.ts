import type { ServerResponse } from 'node:http'
import { headWasSent, sentHeadOf } from './plain-socket.ts'

/** Head and body become one buffer up to this size: one is written in less time than two, as long as copying it is nothing. */
const JOINED_BYTES = 16 * 1024
/** What is remembered of one second. */
const MOST_BYTES = 4 * 1024 * 1024

const secondOf = (now: number): number => Math.floor(now / 1000)

type Answer = {
  head: string
  bytes: Buffer
  /** Whether the body is in `bytes`. */
  isWhole: boolean
}

/**
 * The same answers, sent again as long as the `Date` in them is true: checking, joining and writing two dozen headers is a fifth of what a small hot file costs.
 * The bytes are those that node made for the first of them. Only for connections that are kept, since their last answer says so.
 */
export class RepeatedAnswers {
  readonly #now: () => number
  #second = 0
  #bytes = 0
  readonly #byPlan = new Map<object, Answer>()

  /** @param now in milliseconds since 1970 */
  constructor(now: () => number = Date.now) {
    this.#now = now
  }

  /** Sends what was remembered for a plan, whose status is 200 and whose body this is. @returns whether there was any */
  send(response: ServerResponse, plan: object, body: Buffer): boolean {
    const { socket } = response
    if (socket === null || !socket.writable || !isKept(response)) return false
    if (secondOf(this.#now()) !== this.#second) return false
    const answer = this.#byPlan.get(plan)
    if (answer === undefined) return false
    headWasSent(response, answer.head)
    if (answer.isWhole) socket.write(answer.bytes)
    else {
      socket.cork()
      socket.write(answer.bytes)
      socket.write(body)
      socket.uncork()
    }
    response.end()
    return true
  }

  /** Remembers what has just been sent for a plan, with a body of a known length. What was sent in its place is none of it. */
  remember(response: ServerResponse, plan: object, body: Buffer): void {
    const head = isKept(response) && response.statusCode === 200 ? sentHeadOf(response) : undefined
    if (head === undefined) return
    const second = secondOf(this.#now())
    if (second !== this.#second) {
      this.#byPlan.clear()
      this.#bytes = 0
      this.#second = second
    }
    const isWhole = body.length <= JOINED_BYTES
    const room = head.length + (isWhole ? body.length : 0)
    if (this.#bytes + room > MOST_BYTES) return
    this.#bytes += room
    const first = Buffer.from(head, 'latin1')
    this.#byPlan.set(plan, { head, bytes: isWhole ? Buffer.concat([first, body]) : first, isWhole })
  }
}

/** Whether the connection goes on behind this response. */
const isKept = (response: ServerResponse & { maxRequestsOnConnectionReached?: boolean }): boolean =>
  response.shouldKeepAlive && response.maxRequestsOnConnectionReached !== true
