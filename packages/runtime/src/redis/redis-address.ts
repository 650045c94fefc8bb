import { isLoopback } from '../config/is-loopback.ts'

/** Where Redis listens, as `REDIS_URL` says it. */
export type RedisAddress = {
  /** The way there: `tls` is `rediss:`. */
  kind: 'tcp' | 'tls' | 'unix'
  /** For messages: never with a password. */
  shown: string
  /** Whether the way leaves this machine. */
  local: boolean
  /** `ca`: PEM of those who alone may vouch for the server. */
  socket: { path: string; tls: false } | { host: string; port: number; tls?: true; ca?: string }
  username?: string
  password?: string
  database: number
}

const PORT = 6379

const databaseOf = (text: string): number | undefined => {
  if (text === '') return 0
  return /^\d{1,4}$/.test(text) ? Number(text) : undefined
}

const atSocket = (url: URL): RedisAddress | undefined => {
  const database = databaseOf(url.searchParams.get('db') ?? '')
  const path = decodeURIComponent(url.pathname)
  if (database === undefined || url.host !== '' || !path.startsWith('/')) return undefined
  return { kind: 'unix', shown: `unix:${path}`, local: true, socket: { path, tls: false }, database }
}

/**
 * Pure: `redis://[user:password@]host[:port][/database]`, `rediss://…` for TLS, or `unix:///path/to/socket[?db=1]`.
 * @returns undefined for anything else
 */
export const parseRedisAddress = (text: string): RedisAddress | undefined => {
  const url = URL.parse(text)
  if (url === null) return undefined
  if (url.protocol === 'unix:') return atSocket(url)
  const database = databaseOf(url.pathname.slice(1))
  if ((url.protocol !== 'redis:' && url.protocol !== 'rediss:') || database === undefined) return undefined
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1')
  if (host === '' || url.search !== '' || url.hash !== '') return undefined
  const tls = url.protocol === 'rediss:'
  const port = url.port === '' ? PORT : Number(url.port)
  return {
    kind: tls ? 'tls' : 'tcp',
    shown: `${url.protocol}//${url.hostname}:${port}`,
    local: isLoopback(host),
    socket: { host, port, ...(tls ? { tls } : {}) },
    ...(url.username === '' ? {} : { username: decodeURIComponent(url.username) }),
    ...(url.password === '' ? {} : { password: decodeURIComponent(url.password) }),
    database,
  }
}
