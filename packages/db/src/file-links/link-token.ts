import { hash, randomBytes, timingSafeEqual } from 'node:crypto'

const PREFIX = 'hflink_'
const SECRET_BYTES = 32
const SHAPE = /^hflink_([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})[0-9a-f]{64}$/

/** What a link's token opens: authenticated by its hash, so that none of it can be exchanged in the database. */
export type LinkSubject = { id: string; organizationId: string; contentId: string }

const hashOf = (token: string, { id, organizationId, contentId }: LinkSubject): Buffer =>
  hash('sha256', ['holdfast/link/v1', token, id, organizationId, contentId].join('\n'), 'buffer')

/** A new token, `hflink_<id><256 random bits>` in hex, and the hash that is stored. The token itself never is. */
export const makeLinkToken = (subject: LinkSubject): { token: string; tokenHash: Buffer } => {
  const token = `${PREFIX}${subject.id.replaceAll('-', '')}${randomBytes(SECRET_BYTES).toString('hex')}`
  return { token, tokenHash: hashOf(token, subject) }
}

export const looksLikeLinkToken = (token: string): boolean => token.startsWith(PREFIX)

/** The id of the link whose token this may be; undefined for what cannot be one. */
export const linkIdOf = (token: string): string | undefined => {
  const parts = SHAPE.exec(token)
  return parts === null ? undefined : parts.slice(1).join('-')
}

export const isTokenOf = (token: string, tokenHash: Uint8Array, subject: LinkSubject): boolean =>
  timingSafeEqual(hashOf(token, subject), tokenHash)
