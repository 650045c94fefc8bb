import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { isLoopback } from './is-loopback.ts'

/** How the way to PostgreSQL is encrypted, as `tls.connect` takes it. */
export type PostgresTls = {
  minVersion: 'TLSv1.2'
  rejectUnauthorized: boolean
  ca?: string
  cert?: string
  key?: string
}

export type PostgresAddress = {
  /** Without what it says about TLS: that is `tls`, and pg would let the address win. */
  url: string
  /** Whether the way leaves this machine. */
  local: boolean
  /** False: said that there is none. Null: nothing said. */
  tls: PostgresTls | false | null
}

const MODES: Record<string, 'off' | 'verify' | 'believe'> = {
  disable: 'off',
  require: 'verify',
  'verify-ca': 'verify',
  'verify-full': 'verify',
  'no-verify': 'believe',
  false: 'off',
  0: 'off',
  true: 'verify',
  1: 'verify',
}
const FILES = { sslrootcert: 'ca', sslcert: 'cert', sslkey: 'key' } as const
const PARAMETERS = ['sslmode', 'ssl', ...Object.keys(FILES), 'sslnegotiation', 'uselibpqcompat']

/** PEM of a file. @throws Error whose message follows a setting's name */
export const readCertificates = (path: string): string => {
  try {
    const text = readFileSync(path, 'utf8')
    // Throws for what is none.
    return new X509Certificate(text).raw.length > 0 ? text : ''
  } catch (cause) {
    const code = cause instanceof Error && 'syscall' in cause && 'code' in cause ? ` (${String(cause.code)})` : ''
    throw new Error(`must be a file of certificates in PEM: ${path}${code}`, { cause })
  }
}

const readKey = (path: string): string => {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    throw new Error(`has an sslkey that cannot be read: ${path}`, { cause })
  }
}

/** As pg finds it: the parameter goes before the host's place, which may be a percent-encoded folder. */
const hostOf = (url: URL): string => {
  const host = url.searchParams.getAll('host').at(-1) || url.hostname.replace(/^\[(.*)\]$/, '$1')
  return /^%2f/i.test(host) ? decodeURIComponent(host) : host
}

/** `require` and `verify-ca` verify the name as well: there is no half. */
const modeOf = (parameters: URLSearchParams): 'off' | 'verify' | 'believe' | null => {
  const word = parameters.get('sslmode') ?? parameters.get('ssl')
  if (word === null) return Object.keys(FILES).some((name) => parameters.has(name)) ? 'verify' : null
  const mode = Object.hasOwn(MODES, word) ? MODES[word] : undefined
  if (mode === undefined) throw new Error('has an sslmode other than disable, require, verify-full or no-verify')
  return mode
}

const VERIFIED: PostgresTls = { minVersion: 'TLSv1.2', rejectUnauthorized: true }

/**
 * Reads `postgresql://user:password@host:5432/database?sslmode=verify-full`, and the files that it names.
 * @throws Error whose message follows the setting's name, without anything secret; undefined for what is no such address
 */
export const readPostgresAddress = (text: string): PostgresAddress | undefined => {
  const url = URL.parse(text)
  if (url === null || !/^postgres(ql)?:$/.test(url.protocol)) return undefined
  const host = hostOf(url)
  const local = host.startsWith('/') || isLoopback(host)
  const { searchParams } = url
  const mode = modeOf(searchParams)
  const files = Object.entries(FILES).flatMap(([name, option]) => {
    const path = searchParams.get(name)
    return path === null ? [] : [[option, option === 'key' ? readKey(path) : readCertificates(path)]]
  })
  const said = PARAMETERS.filter((name) => searchParams.has(name))
  for (const name of said) searchParams.delete(name)
  const plain = said.length === 0 ? text : url.href
  if (mode === null || mode === 'off') return { url: plain, local, tls: mode === null ? null : false }
  const tls = { ...VERIFIED, rejectUnauthorized: mode === 'verify', ...Object.fromEntries(files) }
  return { url: plain, local, tls }
}

/** With those (PEM) who alone may vouch for the server: TLS is then spoken, unless the address says not. */
export const vouchedBy = (address: PostgresAddress, ca: string | null): PostgresAddress => {
  const { tls } = address
  if (ca === null || tls === false) return address
  return { ...address, tls: { ...(tls ?? VERIFIED), ca } }
}
