import type { ConnectionOptions as TlsOptions } from 'node:tls'
import { type ClientConfig, type CustomTypesConfig, Pool, types as pgTypes } from 'pg'

/** Where a server listens; `host` is a folder when it starts with `/`. */
export type ConnectionOptions = { host: string; port?: number; user: string; password?: string; database: string }

const INT8 = 20
const INT8_ARRAY = 1016

const parseInt8 = (text: string): number => {
  const value = Number(text)
  if (!Number.isSafeInteger(value)) throw new RangeError(`bigint ${text} is beyond 2^53`)
  return value
}

const parseInt8Array = (text: string): number[] => (text === '{}' ? [] : text.slice(1, -1).split(',').map(parseInt8))

const types: CustomTypesConfig = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') => {
    if (oid === INT8) return parseInt8
    if (oid === INT8_ARRAY) return parseInt8Array
    return format === 'binary' ? pgTypes.getTypeParser(oid, 'binary') : pgTypes.getTypeParser(oid, 'text')
  },
}

/** An address, and how its way is encrypted; the address itself says nothing of that then. */
export type ConnectionAddress = { connectionString: string; ssl?: TlsOptions | false }

export type Connection = string | ConnectionOptions | ConnectionAddress

/** An address or options, as pg's clients and pools take them. */
export const connectionConfig = (connection: Connection, name: string): ClientConfig => ({
  ...(typeof connection === 'string' ? { connectionString: connection } : connection),
  application_name: name,
  connectionTimeoutMillis: 10_000,
  keepAlive: true,
})

export const DEFAULT_POOL_SIZE = 10

/**
 * A pool whose statements end: 30 s each, 10 s of waiting for a lock, 30 s idle inside a transaction.
 * bigint arrives as number; a value beyond 2^53 fails its query.
 */
export const openPool = (connection: Connection, size: number): Pool =>
  new Pool({
    ...connectionConfig(connection, 'holdfast'),
    max: size,
    // Statements are sent without waiting for the answers to those before them: see `PipelinedTransactions`.
    pipeline: true,
    idleTimeoutMillis: 60_000,
    statement_timeout: 30_000,
    lock_timeout: 10_000,
    idle_in_transaction_session_timeout: 30_000,
    types,
  })
