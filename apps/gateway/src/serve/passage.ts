import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Gate, Visitor } from '../gates/gate.ts'
import type { GateUsage } from '../gates/gate-usage.ts'
import type { Gates, OfOrganization } from '../gates/gates.ts'
import { bytesGivenTo } from './plain-socket.ts'

/** By whom and through what; `visitor` is null where nothing of any content is told. */
type Let = {
  gate: Gate
  site: OfOrganization
  visitor: Visitor | null
  addressHoldsToken: boolean
  response: Pick<ServerResponse, 'writableEnded' | 'writableLength' | 'once' | 'destroy'>
  socket: Pick<Socket, 'bytesWritten'>
}

export type PassageDeps = { gates: Pick<Gates, 'follow'>; gateUsage: Pick<GateUsage, 'follow' | 'sent'> }

/** A request that a gateway has let in. What is sent for it counts, and ends when its visitor may not read any more. */
export class Passage {
  /** Pages can read it there. */
  readonly addressHoldsToken: boolean
  readonly #let: Let
  readonly #deps: PassageDeps
  readonly #sentBefore: number

  /** Before anything is sent. */
  constructor(one: Let, deps: PassageDeps) {
    this.addressHoldsToken = one.addressHoldsToken
    this.#let = one
    this.#deps = deps
    this.#sentBefore = one.gate.settings.bytesPerMinute === null ? 0 : bytesGivenTo(one.socket)
  }

  /** From now on until the response has closed. */
  follow(): void {
    const { gate, site, visitor, response, socket } = this.#let
    if (visitor === null) return
    const forget = this.#deps.gates.follow(site, visitor, response)
    const ended = this.#deps.gateUsage.follow(gate.settings, socket, this.#sentBefore)
    response.once('close', () => {
      forget()
      ended()
    })
  }

  /** In the turn in which all was sent at once. What the system has taken as a whole cannot be ended any more, and is only counted. */
  followRest(): void {
    const { gate, response, socket } = this.#let
    // `writableFinished` is told a turn later.
    if (response.writableEnded && response.writableLength === 0)
      this.#deps.gateUsage.sent(gate.settings, socket, this.#sentBefore)
    else this.follow()
  }
}
