import { isIP } from 'node:net'
import { z } from 'zod'
import { parseKeyList } from '../master-keys/key-list.ts'
import { readCertificates, readPostgresAddress } from './postgres-address.ts'
import { parseRedisAddress } from '../redis/redis-address.ts'

const BYTE_UNITS: Record<string, number> = { '': 1, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30, TiB: 2 ** 40 }

/** A TCP port; 0 means one that is free. */
export const port = z
  .string()
  .regex(/^\d{1,5}$/, 'must be a port: a number from 0 to 65535')
  .transform(Number)
  .refine((value) => value <= 65_535, 'must be a port: a number from 0 to 65535')

/** A TCP port, or `off`: null. */
export const portOrOff = z.union([z.literal('off').transform(() => null), port], {
  error: 'must be a port, a number from 0 to 65535, or off',
})

/** A whole number within bounds. */
export const wholeNumber = (minimum: number, maximum: number) =>
  z
    .string()
    .regex(/^\d{1,15}$/, `must be a whole number from ${minimum} to ${maximum}`)
    .transform(Number)
    .refine((value) => value >= minimum && value <= maximum, `must be a whole number from ${minimum} to ${maximum}`)

/** Bytes, as a plain number or with a binary unit: `1048576`, `512MiB`, `5TiB`. */
export const byteCount = z
  .string()
  .regex(/^\d{1,15}(KiB|MiB|GiB|TiB)?$/, 'must be a number of bytes such as 1048576, 512MiB or 5TiB')
  .transform((text) => {
    const [, digits = '0', unit = ''] = /^(\d+)(\D*)$/.exec(text) ?? []
    return Number(digits) * (BYTE_UNITS[unit] ?? 1)
  })
  .refine((value) => Number.isSafeInteger(value), 'is larger than can be counted')

const TIME_UNITS: Record<string, number> = { s: 1_000, min: 60_000, h: 3_600_000, d: 86_400_000 }

/** A length of time with its unit, such as `30s`, `10min`, `12h` or `7d`; read as milliseconds. */
export const duration = z
  .string()
  .regex(/^\d{1,6}(s|min|h|d)$/, 'must be a length of time such as 30s, 10min, 12h or 7d')
  .transform((text) => {
    const [, digits = '0', unit = 's'] = /^(\d+)(\D+)$/.exec(text) ?? []
    return Number(digits) * (TIME_UNITS[unit] ?? 1_000)
  })

/** A host of this machine. */
const isLoopback = (host: string): boolean => host === 'localhost' || host === '[::1]' || /^127(\.\d+){3}$/.test(host)

/** An OpenID issuer, as it stands in its tokens: no query, no fragment, no credentials; http on loopback alone. */
export const issuerUrl = z.string().refine((text) => {
  const url = URL.parse(text)
  if (url === null || url.search !== '' || url.hash !== '' || url.username !== '' || /[?#]/.test(text)) return false
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname))
}, 'must be an https address such as https://id.example.org/realms/main, without query')

/** An http(s) address without path, query or credentials; read as its origin. */
export const webOrigin = z.string().transform((text, context) => {
  const url = URL.parse(text)
  const bare = url !== null && url.pathname === '/' && url.search === '' && url.hash === '' && url.username === ''
  if (url !== null && bare && (url.protocol === 'http:' || url.protocol === 'https:')) return url.origin
  context.addIssue({ code: 'custom', message: 'must be an address such as https://files.example.org, without a path' })
  return z.NEVER
})

/** Such addresses, separated by commas. */
export const originList = z.string().transform((text, context) => {
  const origins = text.split(',').map((part) => webOrigin.safeParse(part.trim()))
  const valid = origins.flatMap((read) => (read.success ? [read.data] : []))
  if (valid.length === origins.length) return [...new Set(valid)]
  context.addIssue({
    code: 'custom',
    message: 'must be addresses such as https://files.example.org, separated by commas',
  })
  return z.NEVER
})

/** Such addresses, or `*` for every one. */
export const originsOrAll = z.union([z.literal('*'), originList], {
  error: 'must be addresses such as https://app.example.org, separated by commas, or *',
})

/** A PostgreSQL URL, read with the files that it names. */
export const postgresAddress = z.string().transform((text, context) => {
  let message = 'must be a PostgreSQL address such as postgresql://user:password@host:5432/holdfast?sslmode=verify-full'
  try {
    const address = readPostgresAddress(text)
    if (address !== undefined) return address
  } catch (error) {
    message = (error as Error).message
  }
  context.addIssue({ code: 'custom', message })
  return z.NEVER
})

/** A file of certificates; read as its PEM. */
export const certificatesFile = z.string().transform((path, context) => {
  try {
    return readCertificates(path)
  } catch (error) {
    context.addIssue({ code: 'custom', message: (error as Error).message })
    return z.NEVER
  }
})

/** A Redis URL, read. */
export const redisAddress = z.string().transform((text, context) => {
  const address = parseRedisAddress(text)
  if (address !== undefined) return address
  context.addIssue({
    code: 'custom',
    message:
      'must be a Redis address such as redis://host:6379, rediss://user:password@host:6379/0 or unix:///run/redis/redis.sock',
  })
  return z.NEVER
})

/** The mail server's address, taken apart. `tls`: from the first byte (smtps). */
export type SmtpServer = { host: string; port: number; tls: boolean; user: string | null; password: string | null }

/** Null when it is absent; a stray percent sign stands for itself. */
const readCredential = (part: string): string | null => {
  if (part === '') return null
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

/** `smtp://user:password@host:587` or `smtps://…`; credentials percent-encoded. */
export const smtpUrl = z.string().transform((text, context): SmtpServer => {
  const url = URL.parse(text)
  const bare = url !== null && url.pathname.length <= 1 && url.search === '' && url.hash === ''
  if (url !== null && bare && url.hostname !== '' && (url.protocol === 'smtp:' || url.protocol === 'smtps:')) {
    const tls = url.protocol === 'smtps:'
    const [user, password] = [readCredential(url.username), readCredential(url.password)]
    const host = url.hostname.replace(/^\[|\]$/g, '')
    if ((user === null) === (password === null))
      return { host, port: url.port === '' ? (tls ? 465 : 587) : Number(url.port), tls, user, password }
  }
  context.addIssue({
    code: 'custom',
    message: 'must be an SMTP address such as smtp://user:password@mail.example.org:587, without a path',
  })
  return z.NEVER
})

/** `name@host` or `Name <name@host>`. */
export const mailbox = z.string().transform((text, context) => {
  const [, name = '', address = text] = /^([^<>@"\p{Cc}]{1,100})<([^<>]+)>$/u.exec(text) ?? []
  if (z.email().safeParse(address).success) return { name: name.trim(), address }
  context.addIssue({ code: 'custom', message: 'must be files@example.org or Holdfast <files@example.org>' })
  return z.NEVER
})

const HOST_NAME = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/i

/** Domains of mail, in lower case. */
export const domainList = z.string().transform((text, context): readonly string[] => {
  const given = text.split(',').map((part) => part.trim().toLowerCase())
  if (given.every((domain) => HOST_NAME.test(domain))) return [...new Set(given)]
  context.addIssue({ code: 'custom', message: 'must be domains such as example.org, separated by commas' })
  return z.NEVER
})

/** `name=value`, separated by commas. */
export const claimList = z.string().transform((text, context): readonly { name: string; value: string }[] => {
  const pairs = text.split(',').map((part) => /^\s*([^=\s]{1,100})=(.{1,200})$/.exec(part))
  const claims = pairs.flatMap((pair) =>
    pair?.[1] === undefined || pair[2] === undefined ? [] : [{ name: pair[1], value: pair[2].trim() }],
  )
  if (claims.length === pairs.length) return claims
  context.addIssue({ code: 'custom', message: 'must be claims such as groups=files, separated by commas' })
  return z.NEVER
})

/** An IP address or host name to listen on. */
export const listenHost = z
  .string()
  .refine((text) => isIP(text) !== 0 || HOST_NAME.test(text), 'must be an IP address or a host name')

/** A master key, or two: the new one and the one before it. */
export const keyList = z.string().transform((text, context): readonly Uint8Array[] => {
  const keys = parseKeyList(text)
  if (keys !== undefined) return keys
  context.addIssue({
    code: 'custom',
    message: 'must be 32 bytes in hex or base64 (openssl rand -hex 32), or two such keys, the new one first',
  })
  return z.NEVER
})

const commandSchema = z.array(z.string()).min(1)

/** A program and what it is called with, as a JSON list: it is run without a shell. */
export const commandLine = z.string().transform((text, context): readonly string[] => {
  try {
    return commandSchema.parse(JSON.parse(text))
  } catch {
    context.addIssue({
      code: 'custom',
      message: 'must be a JSON list such as ["/usr/local/bin/unwrap-key", "holdfast"]',
    })
    return z.NEVER
  }
})

const isNetwork = (text: string): boolean => {
  const [address = '', prefix, ...rest] = text.split('/')
  const version = isIP(address)
  if (version === 0 || rest.length > 0) return false
  return prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= (version === 4 ? 32 : 128))
}

/** A comma list of words out of a fixed set, each at most once. */
export const wordList = <W extends string>(words: readonly W[]) =>
  z.string().transform((text, context): ReadonlySet<W> => {
    const given = text.split(',').map((word) => word.trim())
    const unknown = given.filter((word) => !words.some((known) => known === word))
    if (unknown.length > 0)
      context.addIssue({
        code: 'custom',
        message: `does not know "${unknown.join('", "')}"; known: ${words.join(', ')}`,
      })
    return new Set(words.filter((word) => given.includes(word)))
  })

/** A comma list of IP addresses and networks in CIDR notation. */
export const networkList = z.string().transform((text, context): readonly string[] => {
  const given = text.split(',').map((part) => part.trim())
  const wrong = given.filter((part) => !isNetwork(part))
  if (wrong.length > 0)
    context.addIssue({ code: 'custom', message: `has what is no IP address or network: "${wrong.join('", "')}"` })
  return given
})

const MULTIADDR = /^(\/[\w.:%-]+){2,}$/

/** Multiaddrs, comma separated, or `none`; what is in each is read by who dials it. */
export const peerList = z.string().transform((text, context): readonly string[] => {
  const addresses = text === 'none' ? [] : text.split(',').map((part) => part.trim())
  if (addresses.length <= 100 && addresses.every((address) => MULTIADDR.test(address))) return addresses
  context.addIssue({
    code: 'custom',
    message: 'must be a comma list of multiaddrs such as /ip4/203.0.113.7/tcp/4001, or none',
  })
  return z.NEVER
})
