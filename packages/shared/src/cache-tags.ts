import { base58btc } from 'multiformats/bases/base58'
import { base32Text } from './base32-text.ts'
import { parseCid } from './cid.ts'
import type { PolicyEntry } from './policy-log.ts'
import type { Hashed } from './takedown.ts'

/** On every answer of the gateway that a shared cache may keep. */
export const TAG_OF_ALL = 'hf'
/** On answers that are made of more blocks than those whose tags they have: one of these may be denied for itself. */
export const TAG_OF_DEEP = 'hf-deep'

const tagOfMultihash = (bytes: Uint8Array): string => `c-${base32Text(bytes)}`

/** By the multihash, which every encoding and codec of a CID has; in lower case, since Cloudflare does not tell capitals apart. */
export const tagOfContent = ({ multihash }: Hashed): string => tagOfMultihash(multihash.bytes)

/** @param name an IPNS name in canonical form, or a domain in lower case */
export const tagOfName = (name: string): string => `n-${name}`

/** Of the gateway of an organization, and of what is answered at its host while there is none of that name. */
export const tagOfGateway = (name: string): string => `g-${name}`

/** Of a host that is none of the platform's own: it may become a gateway's tomorrow. */
export const tagOfHost = (domain: string): string => `h-${domain}`

/** Whether these go before all that owners delete and publish: somebody has to be kept from reading. */
export const isUrgent = ({ kind }: PolicyEntry): boolean =>
  kind === 'takedown.changed' || kind === 'gateway.changed' || kind === 'organization.changed'

/**
 * What shared caches have to let go when this entry of the policy log is in force. Pure; the order says nothing.
 * Where it cannot be told which answers an entry is about, all of them.
 */
export const tagsOfEntry = (entry: PolicyEntry): string[] => {
  switch (entry.kind) {
    case 'content.released':
      // Of private content nothing is kept, and this is no CID.
      return entry.realm === 'private' ? [] : [tagOfContent(parseCid(entry.cid))]
    case 'file.unnamed':
      return [tagOfContent(parseCid(entry.cid))]
    case 'takedown.changed':
      return [tagOfMultihash(base58btc.decode(`z${entry.key}`)), TAG_OF_DEEP]
    case 'ipns.published':
      return [tagOfName(entry.name)]
    case 'gateway.changed':
      return [tagOfGateway(entry.name), ...(entry.gateway?.domains ?? []).map(tagOfHost)]
    case 'organization.changed':
      // All below its roots is withheld, and reached in other ways than by them.
      return [TAG_OF_ALL]
    default:
      return []
  }
}
