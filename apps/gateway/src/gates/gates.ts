import type { ServerResponse } from 'node:http'
import type { OpenGatewayList } from '@packages/db/open-gateways'
import type { PolicyEntry } from '@packages/shared/policy-log'
import type { Site } from '../request/site.ts'
import { Gate, type Visitor } from './gate.ts'
import { GateDomains } from './gate-domains.ts'

export type OfOrganization = Extract<Site, { kind: 'organization' }>

type Open = { visitor: Visitor; domain: string | undefined; response: Pick<ServerResponse, 'destroy'> }

/** The gateways of organizations by their names and domains, as the policy log says they are now, and what is being sent through them. */
export class Gates {
  readonly #byName: Map<string, Gate>
  readonly #domains = new GateDomains()
  readonly #open = new Map<string, Set<Open>>()

  constructor(list: OpenGatewayList = []) {
    this.#byName = new Map(list.map(([name, settings]) => [name, new Gate(settings)]))
    for (const [name, { domains }] of list) this.#domains.set(name, domains)
  }

  of(name: string): Gate | undefined {
    return this.#byName.get(name)
  }

  /** What a Host header means, when it is a domain that a gateway has proven to be its own. */
  siteOf(host: string | undefined): OfOrganization | undefined {
    return this.#domains.siteOf(host)
  }

  hasDomain(domain: string): boolean {
    return this.#domains.has(domain)
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
      this.#domains.set(entry.name, entry.gateway?.domains ?? [])
      this.#review(entry.name)
    }
  }

  /** @returns what is to be called when `response` has closed */
  follow({ name, domain }: OfOrganization, visitor: Visitor, response: Open['response']): () => void {
    const one: Open = { visitor, domain, response }
    const open = this.#open.get(name) ?? new Set()
    this.#open.set(name, open.add(one))
    return () => {
      open.delete(one)
      if (open.size === 0 && this.#open.get(name) === open) this.#open.delete(name)
    }
  }

  #review(name: string): void {
    const gate = this.#byName.get(name)
    for (const { visitor, domain, response } of this.#open.get(name) ?? []) {
      const came = domain === undefined || gate?.settings.domains.includes(domain) === true
      if (!came || !mayRead(gate, visitor)) response.destroy()
    }
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
