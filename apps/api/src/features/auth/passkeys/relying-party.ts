import { isIP } from 'node:net'
import { HoldfastError } from '@packages/shared/holdfast-error'

/** Who passkeys are made for (WebAuthn, 4): browsers give one out to pages of this host alone, and we take it from this origin alone. */
export type RelyingParty = { id: string; origin: string; name: string }

/**
 * Pure. Null where browsers have no passkeys: under an address that is no name, and on plain HTTP except `localhost`
 * (WebAuthn, 5.1.3: the effective domain is a valid domain, in a secure context).
 */
export const relyingPartyOf = (publicUrl: string): RelyingParty | null => {
  const { hostname: id, origin, protocol } = new URL(publicUrl)
  const isLocal = id === 'localhost' || id.endsWith('.localhost')
  if (isIP(id.replaceAll(/[[\]]/g, '')) !== 0 || (protocol !== 'https:' && !isLocal)) return null
  return { id, origin, name: `Holdfast (${id})` }
}

/** @throws HoldfastError `not_configured` */
export const requireRelyingParty = (party: RelyingParty | null): RelyingParty => {
  if (party !== null) return party
  const detail = 'Passkeys need a PUBLIC_URL with a host name, and HTTPS (or localhost).'
  throw new HoldfastError('not_configured', { detail })
}
