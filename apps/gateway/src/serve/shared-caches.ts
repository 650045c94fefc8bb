import { TAG_OF_ALL, TAG_OF_DEEP, tagOfContent, tagOfGateway, tagOfHost, tagOfName } from '@packages/shared/cache-tags'
import { domainOfHost } from '@packages/shared/domain-name'
import { forSharedCaches } from '../plan/for-shared-caches.ts'
import type { About, ResponsePlan } from '../plan/response-plan.ts'
import { withHeader } from '../plan/with-header.ts'
import { HostTable } from '../request/host-table.ts'
import type { Site } from '../request/site.ts'
import type { Withdrawals } from './withdrawals.ts'

/** Where an answer was asked for, and when. */
export type AskedThrough = {
  /** What the host is, before it was known whether a gateway of that name is there. */
  site: Site
  host: string | undefined
  /** `Withdrawals.count` before anything was looked up. */
  withdrawals: number
}

export type SharedCachesDeps = {
  withdrawals: Withdrawals
  /** Milliseconds since the primary last said how far the policy log goes. */
  policyAgeMs(): number
}

/** Purges wait for a gateway until it was silent for five seconds, of which its primary may have had two already. */
const MAX_AGE_MS = 3_000

/** Also of hosts that are no gateway's: they may become one's, and what was kept of them is then in its way. */
const tagsOfStranger = (host: string): readonly string[] => {
  const domain = domainOfHost(host)
  return domain === undefined ? [] : [tagOfHost(domain)]
}

/**
 * What shared caches in front of the gateway are told of each answer (ADR 0160). An answer that something was taken back after is kept by none: a purge
 * for that may have passed it on its way. So is one of a worker that has not heard of the policy log for so long that purges do not wait for it.
 */
export class SharedCaches {
  readonly #deps: SharedCachesDeps
  readonly #tags = new WeakMap<About, readonly string[]>()
  readonly #hosts = new HostTable(tagsOfStranger)

  constructor(deps: SharedCachesDeps) {
    this.#deps = deps
  }

  /** Those of the plan, with what shared caches are told. */
  headersOf(plan: ResponsePlan, { site, host, withdrawals }: AskedThrough): readonly string[] {
    if (withdrawals !== this.#deps.withdrawals.count || this.#deps.policyAgeMs() > MAX_AGE_MS)
      return withHeader(plan.headers, 'Cache-Control', 'private, no-store')
    const tags = [TAG_OF_ALL, ...this.#tagsOfSite(site, host), ...this.#tagsOfContent(plan.about)]
    return [...plan.headers, ...forSharedCaches(plan, tags)]
  }

  #tagsOfContent(about: About | undefined): readonly string[] {
    if (about === undefined) return []
    const known = this.#tags.get(about)
    if (known !== undefined) return known
    const tags = new Set(about.cids.map(tagOfContent))
    for (const name of about.names ?? []) tags.add(tagOfName(name))
    if (about.isDeep === true) tags.add(TAG_OF_DEEP)
    const made = [...tags]
    this.#tags.set(about, made)
    return made
  }

  #tagsOfSite(site: Site, host: string | undefined): readonly string[] {
    if (site.kind === 'organization')
      return [tagOfGateway(site.name), ...(site.domain === undefined ? [] : [tagOfHost(site.domain)])]
    if (host === undefined || site.kind === 'gateway' || site.kind === 'content') return []
    return this.#hosts.of(host)
  }
}
