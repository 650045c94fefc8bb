import type { Gates } from '../gates/gates.ts'
import type { Site, Sites } from '../request/site.ts'

const FILES = /^(?:https?:\/\/[^/?#]*)?\/files(?:\/|$|\?)/i

/** A domain that was proven to be of a gateway goes before what DNSLink says of it, and the platform's own hosts go before both. */
export const siteFor = (host: string | undefined, { sites, gates }: { sites: Sites; gates: Gates }): Site => {
  const site = sites.of(host)
  return site.kind === 'path' || site.kind === 'dnslink' ? (gates.siteOf(host) ?? site) : site
}

export const isOwnDomain = (site: Site): boolean => site.kind === 'organization' && site.domain !== undefined

/** On hosts of its own a root has all of the path. */
export const hasFiles = ({ kind }: Site): boolean => kind === 'path' || kind === 'gateway'

export const isFilesTarget = (target: string): boolean => FILES.test(target)
