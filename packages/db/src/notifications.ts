import { setTimeout as sleep } from 'node:timers/promises'
import type { MinimalLogger } from '@packages/runtime/minimal-logger'
import { Client } from 'pg'
import { type Connection, connectionConfig } from './connection-pool.ts'

/** `payload` is null after the connection was made anew: anything may have been missed. */
export type NotificationHandler = (payload: string | null) => void
export type Unlisten = () => Promise<void>

const MAX_BACKOFF_MS = 5_000
const HEARTBEAT_MS = 15_000

/**
 * LISTEN on one connection of its own, which comes back by itself. Notifications are only a hint to look sooner:
 * every user also polls.
 */
export class Notifications {
  readonly #connection: Connection
  readonly #logger: MinimalLogger
  readonly #handlers = new Map<string, Set<NotificationHandler>>()
  readonly #stop = new AbortController()
  #client: Client | null = null
  #running: Promise<void> | null = null

  constructor(connection: Connection, logger: MinimalLogger) {
    this.#connection = connection
    this.#logger = logger
  }

  /** @param channel lower-case letters, digits and underscores */
  async listen(channel: string, handler: NotificationHandler): Promise<Unlisten> {
    if (!/^[a-z0-9_]{1,63}$/.test(channel)) throw new RangeError(`channel ${channel}`)
    const handlers = this.#handlers.get(channel) ?? new Set()
    this.#handlers.set(channel, handlers.add(handler))
    if (this.#client && handlers.size === 1) await this.#client.query(`listen ${channel}`).catch(() => {})
    const first = Promise.withResolvers<void>()
    this.#running ??= this.#run(first.resolve)
    if (this.#client === null) await Promise.race([first.promise, sleep(2_000, undefined, { ref: false })])
    return async () => {
      handlers.delete(handler)
      if (handlers.size === 0) await this.#client?.query(`unlisten ${channel}`).catch(() => {})
    }
  }

  async close(): Promise<void> {
    this.#stop.abort()
    await this.#client?.end().catch(() => {})
    await this.#running
  }

  async #run(connected: () => void): Promise<void> {
    const { signal } = this.#stop
    let backoff = 100
    while (!signal.aborted) {
      try {
        await this.#hold(() => {
          backoff = 100
          connected()
        })
      } catch (error) {
        if (signal.aborted) return
        this.#logger.warn({ err: error }, 'the connection for notifications was lost; it is made anew')
      }
      await sleep(backoff, undefined, { signal, ref: false }).catch(() => {})
      backoff = Math.min(backoff * 2, MAX_BACKOFF_MS)
    }
  }

  /** Connects, listens to every channel, and rejects or resolves when the connection is gone. */
  async #hold(onConnected: () => void): Promise<void> {
    const client = new Client({ ...connectionConfig(this.#connection, 'holdfast-listen'), query_timeout: 10_000 })
    const ended = Promise.withResolvers<never>()
    ended.promise.catch(() => {})
    client.on('error', ended.reject)
    client.on('end', () => ended.reject(new Error('the connection ended')))
    client.on('notification', ({ channel, payload }) => {
      for (const handler of this.#handlers.get(channel) ?? []) handler(payload ?? '')
    })
    try {
      await client.connect()
      for (const channel of this.#handlers.keys()) await client.query(`listen ${channel}`)
      this.#client = client
      onConnected()
      for (const handlers of this.#handlers.values()) for (const handler of handlers) handler(null)
      while (!this.#stop.signal.aborted) {
        await Promise.race([ended.promise, sleep(HEARTBEAT_MS, undefined, { signal: this.#stop.signal, ref: false })])
        await client.query('select 1')
      }
    } finally {
      this.#client = null
      await client.end().catch(() => {})
    }
  }
}
