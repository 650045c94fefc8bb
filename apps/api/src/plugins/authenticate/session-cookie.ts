import { createHmac, timingSafeEqual } from 'node:crypto'

/** better-auth signs its cookie `<token>.<base64 HMAC-SHA-256 of the token>`, percent-encoded; we read and write the same. */
export type SessionCookie = {
  readonly name: string
  /** The session token of a Cookie header, when its signature is right. */
  read(header: string | undefined): string | undefined
  /** A Set-Cookie value that signs the browser in. */
  write(token: string, maxAgeSeconds: number): string
  /** A Set-Cookie value that takes it away. */
  clear(): string
}

const SIGNATURE_CHARS = 44
const MAX_VALUE_CHARS = 512

const valueOf = (header: string, name: string): string | undefined => {
  for (const pair of header.split(';')) {
    const at = pair.indexOf('=')
    if (at === -1 || pair.slice(0, at).trim() !== name) continue
    try {
      return decodeURIComponent(pair.slice(at + 1).trim())
    } catch {
      return undefined
    }
  }
  return undefined
}

/** Under HTTPS no other host, and nobody on plain HTTP, can set cookies with this name (RFC 6265bis, 4.1.3.2). */
export const cookiePrefix = (https: boolean): string => `${https ? '__Host-' : ''}holdfast`

/** @param secret the one that better-auth has, for both must accept each other's cookies */
export const createSessionCookie = (options: { secret: string; https: boolean }): SessionCookie => {
  const name = `${cookiePrefix(options.https)}.session_token`
  const attributes = `Path=/; HttpOnly; SameSite=Lax${options.https ? '; Secure' : ''}`
  const sign = (token: string): Buffer => createHmac('sha256', options.secret).update(token).digest()
  return {
    name,
    read(header) {
      const value = header === undefined ? undefined : valueOf(header, name)
      const at = value?.lastIndexOf('.') ?? -1
      if (value === undefined || at < 1 || value.length > MAX_VALUE_CHARS) return undefined
      const signature = value.slice(at + 1)
      if (signature.length !== SIGNATURE_CHARS) return undefined
      const given = Buffer.from(signature, 'base64')
      const expected = sign(value.slice(0, at))
      return given.length === expected.length && timingSafeEqual(given, expected) ? value.slice(0, at) : undefined
    },
    write: (token, maxAgeSeconds) =>
      `${name}=${encodeURIComponent(`${token}.${sign(token).toString('base64')}`)}; Max-Age=${maxAgeSeconds}; ${attributes}`,
    clear: () => `${name}=; Max-Age=0; ${attributes}`,
  }
}
