import type { ServerResponse } from 'node:http'
import type { OpenGatewayList } from '@packages/db/open-gateways'
import type { PolicyEntry } from '@packages/shared/policy-log'
import { Gate, type Visitor } from './gate.ts'

type Open = { visitor: Visitor; response: Pick<ServerResponse, 'destroy'> }

/** The gateways of organizations by their names, as the policy log says they are now, and what is being sent through them. */
export class Gates {
  readonly #byName: Map<string, Gate>
  readonly #open = new Map<string, Set<Open>>()

  constructor(list: OpenGatewayList = []) {
    this.#byName = new Map(list.map(([name, settings]) => [name, new Gate(settings)]))
  }

  of(name: string): Gate | undefined {
    return this.#byName.get(name)
  }

  /** For who begins later. */
  list(): OpenGatewayList {
    return [...this.#byName].map(([name, { settings }]) => [name, settings])
  }

  /** Entries may come twice. What is being sent to somebody who may not read any more ends. */
  hear(entries: readonly PolicyEntry[]): void {
    for (const entry of entries) {
      if (entry.kind !== 'gateway.changed') continue
      if (entry.gateway === null) this.#byName.delete(entry.name)
      else this.#byName.set(entry.name, new Gate(entry.gateway))
      this.#review(entry.name)
    }
  }

  /** Until `response` has closed. */
  follow(name: string, visitor: Visitor, response: ServerResponse): void {
    const one: Open = { visitor, response }
    const open = this.#open.get(name) ?? new Set()
    this.#open.set(name, open.add(one))
    response.once('close', () => {
      open.delete(one)
      if (open.size === 0 && this.#open.get(name) === open) this.#open.delete(name)
    })
  }

  #review(name: string): void {
    const gate = this.#byName.get(name)
    for (const { visitor, response } of this.#open.get(name) ?? []) if (!mayRead(gate, visitor)) response.destroy()
  }
}

const mayRead = (gate: Gate | undefined, visitor: Visitor): boolean => {
  try {
    gate?.check(visitor)
    return gate !== undefined
  } catch {
    return false
  }
}
