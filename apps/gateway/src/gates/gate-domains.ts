import { domainOfHost } from '@packages/shared/domain-name'
import { HostTable } from '../request/host-table.ts'
import type { Site } from '../request/site.ts'

/** A gateway of an organization, by a domain of its own. */
type OfDomain = Extract<Site, { kind: 'organization' }>

/** Clients that send a name as it is written send it in UTF-8, whose bytes node shows as characters. */
const asWritten = (host: string): string =>
  /^[\x20-\x7e]*$/.test(host) ? host : Buffer.from(host, 'latin1').toString('utf8')

/** Which gateway each proven domain leads to, as the policy log says it is now. */
export class GateDomains {
  readonly #nameOf = new Map<string, string>()
  readonly #domainsOf = new Map<string, readonly string[]>()
  readonly #domainOf = new HostTable((host) => domainOfHost(asWritten(host)))

  /** All that a gateway has now. Another one may have taken a domain before this one is told that it is gone. */
  set(name: string, domains: readonly string[]): void {
    for (const domain of this.#domainsOf.get(name) ?? [])
      if (this.#nameOf.get(domain) === name) this.#nameOf.delete(domain)
    this.#domainsOf.delete(name)
    if (domains.length > 0) this.#domainsOf.set(name, domains)
    for (const domain of domains) this.#nameOf.set(domain, name)
  }

  /** @param domain in its one spelling, see `domainNameOf` */
  has(domain: string): boolean {
    return this.#nameOf.has(domain)
  }

  /** By a Host header as it came. */
  siteOf(host: string | undefined): OfDomain | undefined {
    if (host === undefined || this.#nameOf.size === 0) return undefined
    const domain = this.#domainOf.of(host)
    const name = domain === undefined ? undefined : this.#nameOf.get(domain)
    return domain === undefined || name === undefined ? undefined : { kind: 'organization', name, host: domain, domain }
  }
}
