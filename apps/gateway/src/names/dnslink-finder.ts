import type { LookUpTxt } from '@packages/runtime/dns/txt-look-up'
import { parseCid } from '@packages/shared/cid'
import { HoldfastError } from '@packages/shared/holdfast-error'
import type { ClientNetworks } from '../primary/network-of.ts'
import { keyNameOf } from '../request/root-label.ts'
import { isDomain } from '../request/site.ts'
import { parseContentPath } from './content-path.ts'
import { LookUpPlaces, type NameQuota, NO_NAME_QUOTA } from './look-up-places.ts'
import type { NameFailure } from './name-question.ts'
import type { FoundPointer, Pointer } from './name-resolver.ts'
import { SharedLookUps } from './shared-look-ups.ts'

/** The DNSLink of a domain, for a client. */
export type FindDnslink = (domain: string, who: ClientNetworks) => Promise<FoundPointer>

export type DnslinkFinderOptions = {
  /** What the operator has set; it goes before DNS. */
  map: ReadonlyMap<string, string>
  lookUp: LookUpTxt
  /** What clients may have looked up within a window; as much as they like by default. */
  quota?: NameQuota
  now?: () => number
}

/** Domains are a stranger's to invent: neither memory nor name servers may be filled by them. */
const MAX_KNOWN = 10_000
/** RFC 2181, 8: an upper bound of any time; and a lower one, so that no domain is looked up with every request. */
const TTL = { min: 1, max: 3_600 }
const NOTHING_MS = 30_000
const FAILED_MS = 5_000
const PREFIX = 'dnslink='
const unavailable = (detail: string): NameFailure => ({ failure: 'unavailable', detail })
const FAILED = unavailable('The domain could not be looked up.')

/** What leads to no CID, key or domain is none, as in other gateways: a good one beside it counts. */
const isLink = (text: string): boolean => {
  const path = parseContentPath(text)
  if (path === undefined) return false
  if (path.namespace === 'ipns') return keyNameOf(path.root) !== undefined || isDomain(path.root.toLowerCase())
  try {
    parseCid(path.root)
    return true
  } catch (error) {
    // One of a kind that is not served here is told as such.
    return error instanceof HoldfastError && error.code === 'unsupported_cid'
  }
}

/** The first of several, in their order, so that all gateways take the same one. */
const linkOf = (texts: readonly string[]): string | undefined =>
  texts
    .map((text) => text.trim())
    .filter((text) => text.startsWith(PREFIX))
    .map((text) => text.slice(PREFIX.length))
    .toSorted()
    .find(isLink)

const askDns = async (domain: string, lookUp: LookUpTxt): Promise<Pointer | null> => {
  for (const name of [`_dnslink.${domain}`, domain]) {
    const answer = await lookUp(name)
    const path = answer === null ? undefined : linkOf(answer.texts)
    if (answer === null || path === undefined) continue
    const ttl = Math.min(Math.max(answer.ttl, TTL.min), TTL.max)
    return { path, ttl, freshMs: ttl * 1_000 }
  }
  return null
}

const isPointer = (found: FoundPointer): found is Pointer => found !== null && 'path' in found

const keptMs = (found: FoundPointer): number => {
  if (found === null) return NOTHING_MS
  return isPointer(found) ? found.freshMs : FAILED_MS
}

/** DNSLinks by the operator's table and by TXT records, at `_dnslink.` and at the domain itself. */
export const createDnslinkFinder = ({
  map,
  lookUp,
  quota = NO_NAME_QUOTA,
  now = () => performance.now(),
}: DnslinkFinderOptions): FindDnslink => {
  const known = new Map<string, { found: FoundPointer; until: number }>()
  const shared = new SharedLookUps<FoundPointer>()
  const places = new LookUpPlaces(quota)

  const ask = async (domain: string, who: ClientNetworks): Promise<FoundPointer> => {
    const place = await places.take(who)
    if ('failure' in place) return place
    const found = await askDns(domain, lookUp).catch(() => FAILED)
    place.release()
    known.delete(domain)
    known.set(domain, { found, until: now() + keptMs(found) })
    const [oldest] = known.keys()
    if (known.size > MAX_KNOWN && oldest !== undefined) known.delete(oldest)
    return found
  }

  return async (domain, who) => {
    const set = map.get(domain)
    if (set !== undefined) return { path: set, freshMs: TTL.max * 1_000 }
    const entry = known.get(domain)
    const leftMs = entry === undefined ? 0 : entry.until - now()
    if (entry !== undefined && leftMs > 0)
      return isPointer(entry.found)
        ? { path: entry.found.path, ttl: Math.ceil(leftMs / 1_000), freshMs: leftMs }
        : entry.found
    return shared.ask(domain, who, () => ({ answer: ask(domain, who), isShared: true }))
  }
}
