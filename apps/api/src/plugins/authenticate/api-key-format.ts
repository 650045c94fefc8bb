import { hash, randomBytes } from 'node:crypto'
import { crc32 } from 'node:zlib'

const PREFIX = 'hfast_'
const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const SECRET_CHARS = 32
const CHECKSUM_CHARS = 6
const KEY_CHARS = PREFIX.length + SECRET_CHARS + CHECKSUM_CHARS
/** `hfast_` and six characters: enough to tell keys apart in a list, 155 bits stay unknown. */
const SHOWN_CHARS = PREFIX.length + 6

const base62 = (value: number, length: number): string => {
  let text = ''
  for (let rest = value; text.length < length; rest = Math.floor(rest / 62)) text = ALPHABET[rest % 62] + text
  return text
}

const checksum = (secret: string): string => base62(crc32(secret), CHECKSUM_CHARS)

/** 190 random bits in base62; bytes ≥ 248 are drawn again so that no character is likelier than another. */
const randomSecret = (): string => {
  let text = ''
  while (text.length < SECRET_CHARS)
    for (const byte of randomBytes(SECRET_CHARS))
      if (byte < 248 && text.length < SECRET_CHARS) text += ALPHABET[byte % 62]
  return text
}

/** SHA-256: a key is random, so that a slow password hash would buy nothing. */
export const hashApiKey = (key: string): Buffer => hash('sha256', key, 'buffer')

/** A new key `hfast_<32 random><6 checksum>`, the start that lists show, and the hash that is stored. */
export const makeApiKey = (): { key: string; prefix: string; hash: Buffer } => {
  const secret = randomSecret()
  const key = `${PREFIX}${secret}${checksum(secret)}`
  return { key, prefix: key.slice(0, SHOWN_CHARS), hash: hashApiKey(key) }
}

export const looksLikeApiKey = (token: string): boolean => token.startsWith(PREFIX)

/** Whether form and checksum (CRC-32) fit: typing errors and guesses are refused without asking the database. */
export const isWellFormedApiKey = (key: string): boolean =>
  key.length === KEY_CHARS &&
  key.startsWith(PREFIX) &&
  /^[0-9A-Za-z]+$/.test(key.slice(PREFIX.length)) &&
  checksum(key.slice(PREFIX.length, -CHECKSUM_CHARS)) === key.slice(-CHECKSUM_CHARS)
