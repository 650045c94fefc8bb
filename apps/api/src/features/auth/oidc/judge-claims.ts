import { z } from 'zod'
import type { Claims } from './openid-provider.ts'

/** What the operator takes of a provider. */
export type OidcPolicy = {
  /** Domains of e-mail addresses; none takes any. */
  domains: readonly string[]
  /** Claims that a person must have, each: the value, or a list with it. */
  claims: readonly { name: string; value: string }[]
  /** Whether an address that the provider has verified opens the account that has it here. */
  linkByEmail: boolean
  /** Whether the provider's word that a second factor was shown (`amr` has `mfa`, RFC 8176) stands for ours. */
  trustSecondFactor: boolean
}

export type Person = {
  subject: string
  /** In lower case; null when the provider has not verified it. */
  email: string | null
  name: string | null
  secondFactor: boolean
}

export type Judgement = { admitted: Person } | { refused: 'sso_not_allowed' | 'sso_failed' }

const emailSchema = z.string().trim().toLowerCase().pipe(z.email().max(254))
const MAX_SUBJECT_CHARS = 255

const holds = (claim: unknown, value: string): boolean =>
  Array.isArray(claim) ? claim.includes(value) : String(claim) === value && typeof claim !== 'object'

/** A name as accounts have them. */
const nameOf = (claim: unknown): string | null => {
  if (typeof claim !== 'string') return null
  const name = claim
    .toWellFormed()
    .replaceAll(/\p{Cc}+/gu, ' ')
    .trim()
    .slice(0, 100)
    .toWellFormed()
  return name === '' ? null : name
}

/** Pure: who the claims speak of, and whether the operator takes them. Only `true` is verified, not `"true"`. */
export const judgeClaims = (claims: Claims, policy: OidcPolicy): Judgement => {
  const subject = claims.sub
  if (subject === '' || subject.length > MAX_SUBJECT_CHARS || /\p{Cc}/u.test(subject)) return { refused: 'sso_failed' }
  const read = emailSchema.safeParse(claims['email'])
  const email = read.success && claims['email_verified'] === true ? read.data : null
  const domain = email?.slice(email.lastIndexOf('@') + 1)
  if (policy.domains.length > 0 && (domain === undefined || !policy.domains.includes(domain)))
    return { refused: 'sso_not_allowed' }
  for (const { name, value } of policy.claims)
    if (!Object.hasOwn(claims, name) || !holds(claims[name], value)) return { refused: 'sso_not_allowed' }
  const amr = claims['amr']
  const secondFactor = policy.trustSecondFactor && Array.isArray(amr) && amr.includes('mfa')
  return { admitted: { subject, email, name: nameOf(claims['name']), secondFactor } }
}
