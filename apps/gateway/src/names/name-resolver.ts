import { keyNameOf } from '../request/root-label.ts'
import { isDomain } from '../request/site.ts'
import { type ContentPath, parseContentPath } from './content-path.ts'
import type { NameFailure, ResolvedName } from './name-question.ts'

/** One step: what a name says, and for how long. */
export type Pointer = {
  path: string
  /** Seconds by whoever published it. */
  ttl?: number
  /** Milliseconds after which it has to be looked up again. */
  freshMs: number
}

/** `null`: there is none. A failure says why it cannot be told now. */
export type FoundPointer = Pointer | null | NameFailure

export type FindPointer = (name: string) => Promise<FoundPointer>

export type NameResolverDeps = {
  /** The record of an IPNS name in canonical form. */
  findRecord: FindPointer
  /** The DNSLink of a domain. */
  findDnslink: FindPointer
}

/** DNSLink gateway specification, "Host (request header)": a hard limit, for each name may lead to another. */
export const MAX_DEPTH = 32

const least = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined ? b : b === undefined ? a : Math.min(a, b)

const unresolved = (detail: string): NameFailure => ({ failure: 'unresolved', detail })

/**
 * Follows a name to an immutable path. What each step adds behind its root stays, nearest to the root what was found last.
 * @param name an IPNS name in canonical form, or a domain
 */
export const resolveName = async (name: string, deps: NameResolverDeps): Promise<ResolvedName | NameFailure> => {
  const names: string[] = []
  const behind: (readonly string[])[] = []
  let at = name
  let rest: readonly string[] = []
  let ttl: number | undefined
  let freshMs = Number.POSITIVE_INFINITY
  for (let depth = 0; depth < MAX_DEPTH; depth++) {
    const key = keyNameOf(at)
    const known = key ?? at.toLowerCase()
    if (key === undefined && !isDomain(known)) return unresolved('A name on the way is neither a key nor a domain.')
    names.push(known)
    behind.push(rest)
    const found = await (key === undefined ? deps.findDnslink(known) : deps.findRecord(known))
    if (found === null)
      return unresolved(key === undefined ? 'The domain has no DNSLink.' : 'No record of this IPNS name is known here.')
    if ('failure' in found) return found
    const path: ContentPath | undefined = parseContentPath(found.path)
    if (path === undefined) return unresolved('The name does not lead to a content path.')
    rest = [...path.rest, ...rest]
    ttl = least(ttl, found.ttl)
    freshMs = Math.min(freshMs, found.freshMs)
    if (path.namespace === 'ipfs')
      return { path: ['ipfs', path.root, ...rest], names, behind, freshMs, ...(ttl === undefined ? {} : { ttl }) }
    at = path.root
  }
  return { failure: 'too-deep', detail: `The name leads through more than ${MAX_DEPTH} others.` }
}
