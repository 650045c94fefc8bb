import type { NetworkAnswer } from '../worker/network-question.ts'

/** What was fetched from the network since the start. */
export class NetworkFigures {
  visits = 0
  /** Milliseconds of all visits together. */
  ms = 0
  blocks = 0
  bytes = 0
  late = 0
  quota = 0
  busy = 0
  limit = 0
  failed = 0

  tellVisit(ms: number): void {
    this.visits++
    this.ms += ms
  }

  tellBlock(bytes: number): void {
    this.blocks++
    this.bytes += bytes
  }

  /** What ended a visit before its end. */
  tell({ state }: NetworkAnswer): void {
    if (state !== 'block') this[state]++
  }
}
