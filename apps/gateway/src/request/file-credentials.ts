import { looksLikeLinkToken } from '@packages/db/file-links/link-token'
import { headerOf } from './header-of.ts'
import type { FileQuestion } from '../worker/file-question.ts'

export type FileCredentials = Pick<FileQuestion, 'credential' | 'organization' | 'password'>

const BEARER = /^Bearer +([\x21-\x7e]{1,4096})$/i
const FORWARDED = 'x-forwarded-for'
const MAX_PASSWORD_CHARS = 512

/** `X-Forwarded-For`, all of its lines. */
export const forwardedOf = (rawHeaders: readonly string[]): string | undefined => {
  let lines: string | undefined
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] as string
    if (name.length !== FORWARDED.length || name.toLowerCase() !== FORWARDED) continue
    lines = lines === undefined ? rawHeaders[at + 1] : `${lines},${rawHeaders[at + 1]}`
  }
  return lines
}

/** node reads header bytes as latin1; people write passwords in UTF-8. */
const asText = (value: string | undefined): string | undefined =>
  value === undefined || value.length > MAX_PASSWORD_CHARS ? undefined : Buffer.from(value, 'latin1').toString('utf8')

/**
 * What a request under /files shows: `Authorization: Bearer` of a link or an account, or else the query's `link`. Cookies
 * are never looked at, so that no page can make a browser show something by itself.
 */
export const readFileCredentials = (
  rawHeaders: readonly string[],
  link: string | undefined,
): FileCredentials | undefined => {
  const bearer = BEARER.exec(headerOf(rawHeaders, 'authorization') ?? '')?.[1]
  const token = bearer ?? link
  if (token === undefined || token === '') return undefined
  const kind = bearer === undefined || looksLikeLinkToken(bearer) ? 'link' : 'bearer'
  const organization = headerOf(rawHeaders, 'holdfast-org')
  const password = asText(headerOf(rawHeaders, 'holdfast-link-password'))
  return {
    credential: { kind, token },
    ...(organization === undefined ? {} : { organization }),
    ...(password === undefined ? {} : { password }),
  }
}
