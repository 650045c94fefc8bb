import { HoldfastError } from '@packages/shared/holdfast-error'
import { bytesGivenTo } from '../serve/plain-socket.ts'
import type { OpenGateway } from '@packages/shared/open-gateway'

/** Of one gateway: its id, requests, and bytes. */
export type GateCount = readonly [id: string, requests: number, bytes: number]

const MINUTE_MS = 60_000
export const minuteOf = (now: number): number => Math.floor(now / MINUTE_MS)

type Counted = {
  minute: number
  /** Of all workers of this process, as they were last told, those that were told of here included. */
  total: { requests: number; bytes: number }
  /** Since then. */
  own: { requests: number; bytes: number }
}

type Sending = { gateway: OpenGateway; connection: { readonly bytesWritten: number }; counted: number }

const none = () => ({ requests: 0, bytes: 0 })

/**
 * What goes through gateways with limits, minute by minute. A worker counts for itself and asks the primary four times a second how much all have, so that a
 * limit is one of the whole process, as exactly as workers can pass it in a quarter of a second.
 */
export class GateUsage {
  readonly #byId = new Map<string, Counted>()
  readonly #sending = new Set<Sending>()

  /** @throws HoldfastError `rate_limited` */
  take({ id, requestsPerMinute, bytesPerMinute }: OpenGateway, now = Date.now()): void {
    if (requestsPerMinute === null && bytesPerMinute === null) return
    const { total, own } = this.#of(id, now)
    const isOver =
      (requestsPerMinute !== null && total.requests + own.requests >= requestsPerMinute) ||
      (bytesPerMinute !== null && total.bytes + own.bytes >= bytesPerMinute)
    if (isOver) {
      const seconds = Math.ceil(((minuteOf(now) + 1) * MINUTE_MS - now) / 1_000)
      throw new HoldfastError('rate_limited', {
        detail: 'A limit of this gateway is reached.',
        headers: { 'Retry-After': String(seconds) },
      })
    }
    own.requests++
  }

  /**
   * Counts what a connection sends from now on, and while it is sent: any number of long answers would be let in before the first has ended.
   * @param before what it had sent before the answer
   * @returns what is to be called when the answer has closed
   */
  follow(
    gateway: OpenGateway,
    connection: Sending['connection'],
    before = bytesGivenTo(connection),
  ): (now?: number) => void {
    if (gateway.bytesPerMinute === null) return () => {}
    const one = { gateway, connection, counted: before }
    this.#sending.add(one)
    return (now = Date.now()) => {
      this.#sending.delete(one)
      this.#count(one, now)
    }
  }

  /** Counts an answer that has gone out as a whole. @param before what its connection had sent before it */
  sent(gateway: OpenGateway, connection: Sending['connection'], before: number, now = Date.now()): void {
    if (gateway.bytesPerMinute !== null) this.#count({ gateway, connection, counted: before }, now)
  }

  /** What was counted since the last report. */
  report(now = Date.now()): GateCount[] {
    for (const one of this.#sending) this.#count(one, now)
    const counts: GateCount[] = []
    for (const [id, { minute, own }] of this.#byId) {
      if (minute !== minuteOf(now)) this.#byId.delete(id)
      else if (own.requests > 0 || own.bytes > 0) counts.push([id, own.requests, own.bytes])
    }
    return counts
  }

  /** What all have together, of the gateways of a report, which is in it. */
  hear(minute: number, reported: readonly GateCount[], totals: readonly GateCount[]): void {
    for (const [at, [id, requests, bytes]] of totals.entries()) {
      const counted = this.#byId.get(id)
      if (counted?.minute !== minute) continue
      counted.total = { requests, bytes }
      counted.own.requests -= reported[at]?.[1] ?? 0
      counted.own.bytes -= reported[at]?.[2] ?? 0
    }
  }

  #count(one: Sending, now: number): void {
    const sent = bytesGivenTo(one.connection)
    if (sent === one.counted) return
    this.#of(one.gateway.id, now).own.bytes += sent - one.counted
    one.counted = sent
  }

  #of(id: string, now: number): Counted {
    const minute = minuteOf(now)
    let counted = this.#byId.get(id)
    if (counted?.minute !== minute) {
      counted = { minute, total: none(), own: none() }
      this.#byId.set(id, counted)
    }
    return counted
  }
}

/** The primary's side: adds up what its workers report. */
export class GateTotals {
  #minute = 0
  readonly #byId = new Map<string, { requests: number; bytes: number }>()

  /** @returns the totals in the order of the report, of the minute that they are of */
  add(minute: number, counts: readonly GateCount[]): GateCount[] {
    if (minute > this.#minute) {
      this.#minute = minute
      this.#byId.clear()
    }
    return counts.map(([id, requests, bytes]) => {
      const total = this.#byId.get(id) ?? none()
      if (minute === this.#minute) {
        total.requests += requests
        total.bytes += bytes
        this.#byId.set(id, total)
      }
      return [id, total.requests, total.bytes]
    })
  }
}
