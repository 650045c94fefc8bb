import { isIP } from 'node:net'
import { HostTable, MAX_HOST } from './host-table.ts'

/** What a Host header makes of a request. */
export type Site =
  /** A path gateway: any host that is none of the others. */
  | { kind: 'path' }
  /** A host that gives each root a host of its own: paths are redirected there. */
  | { kind: 'gateway'; host: string }
  /** `{label}.ipfs.{gateway}` or `{label}.ipns.{gateway}`; the label as it was written, in the host as well. */
  | { kind: 'content'; namespace: 'ipfs' | 'ipns'; label: string; gateway: string; host: string }
  /** `{name}.{gateway}`, or a `domain` of its own: a gateway of an organization, if there is one of that name; otherwise a path gateway. */
  | { kind: 'organization'; name: string; host: string; domain?: string }
  /** A domain whose DNSLink says what is served there. */
  | { kind: 'dnslink'; name: string; host: string }

export type SiteSettings = {
  /** Hosts, in lower case and without a port, whose subdomains are the origins of content. */
  subdomainHosts: readonly string[]
  /** Domains that serve what their DNSLink says; `*.example.org` is every one below, `*` every one. */
  dnslinkHosts: readonly string[]
}

export const PATH: Site = { kind: 'path' }
const HOST = /^([A-Za-z0-9_.-]+?)\.?(:\d{1,5})?$/
/** `ipfs` and `ipns` are what content is below. */
const LABEL = /^(?!ip[fn]s$)[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/
const SUBDOMAIN = /^(.+)\.(ipfs|ipns)$/i
const DOMAIN = /^(?=.{3,253}$)([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/

const matches = (name: string, pattern: string): boolean =>
  pattern === '*' || pattern === name || (pattern.startsWith('*.') && name.endsWith(pattern.slice(1)))

/** A domain as DNSLink knows it: two labels at least, in lower case, and no address. */
export const isDomain = (name: string): boolean => DOMAIN.test(name) && isIP(name) === 0

/**
 * Subdomain and DNSLink gateway specifications, "Host (request header)". An address (`127.0.0.1`, `[::1]`) is always a path
 * gateway: nothing can stand below it.
 */
export const siteOf = (host: string | undefined, { subdomainHosts, dnslinkHosts }: SiteSettings): Site => {
  if (host === undefined || host.length > MAX_HOST) return PATH
  const [, written = '', port = ''] = HOST.exec(host) ?? []
  const name = written.toLowerCase()
  if (name === '' || isIP(name) !== 0) return PATH
  for (const known of subdomainHosts) {
    if (name === known) return { kind: 'gateway', host: `${name}${port}` }
    if (!name.endsWith(`.${known}`)) continue
    const [, label, namespace] = SUBDOMAIN.exec(written.slice(0, -known.length - 1)) ?? []
    if (label === undefined || namespace === undefined) continue
    const gateway = `${known}${port}`
    const below = namespace.toLowerCase() as 'ipfs' | 'ipns'
    return { kind: 'content', namespace: below, label, gateway, host: `${label}.${below}.${gateway}` }
  }
  if (isDomain(name) && dnslinkHosts.some((pattern) => matches(name, pattern)))
    return { kind: 'dnslink', name, host: `${name}${port}` }
  for (const known of subdomainHosts) {
    const label = name.endsWith(`.${known}`) ? name.slice(0, -known.length - 1) : ''
    if (LABEL.test(label)) return { kind: 'organization', name: label, host: `${name}${port}` }
  }
  return PATH
}

/** Remembered per worker. */
export class Sites {
  readonly #known: HostTable<Site>

  constructor(settings: SiteSettings, limit?: number) {
    this.#known = new HostTable((host) => siteOf(host, settings), limit)
  }

  of(host: string | undefined): Site {
    return host === undefined ? PATH : this.#known.of(host)
  }
}
