import { createClient, ErrorReply } from '@redis/client'
import type { MinimalLogger } from '../minimal-logger.ts'
import { EXIT_CONFIG, StartError } from '../start-error.ts'
import type { RedisAddress } from './redis-address.ts'

export type RedisClient = ReturnType<typeof createClient>

/** Redis does not answer, or not as it should. What needs it has to do without, or to refuse. */
export class RedisUnavailable extends Error {
  override readonly name = 'RedisUnavailable'
}

const CONNECT_MS = 3_000
/** A healthy Redis answers within a millisecond; who waits for it is a request. */
const COMMAND_MS = 250
const PING_MS = 1_000
/** A socket that says nothing for so long, pings included, is closed and made anew. */
const SILENCE_MS = 3_000
const LONGEST_PAUSE_MS = 1_000
/** A Redis that answers and refuses (no memory, read only) is told about so often, and counts as lost for so long. */
const REFUSAL_MS = 10_000
const OLDEST = 7

const lost = new RedisUnavailable('Redis is not reachable')

/**
 * The one connection to Redis. While it is lost every command fails at once, so that no request waits for it; it comes
 * back by itself. Losing and finding it is logged once each.
 */
export class RedisConnection {
  readonly client: RedisClient
  readonly #logger: MinimalLogger
  #started = false
  /** Undefined while it works. */
  #lostSince: number | undefined
  #losses = 0
  #refusedAt = Number.NEGATIVE_INFINITY

  private constructor(address: RedisAddress, logger: MinimalLogger) {
    const { username, password, database, socket } = address
    this.#logger = logger
    this.client = createClient({
      ...(username === undefined ? {} : { username }),
      ...(password === undefined ? {} : { password }),
      database,
      name: 'holdfast',
      disableOfflineQueue: true,
      maintNotifications: 'disabled',
      pingInterval: PING_MS,
      socket: {
        ...socket,
        // Whatever NODE_TLS_REJECT_UNAUTHORIZED says.
        ...(socket.tls === true ? { rejectUnauthorized: true } : {}),
        connectTimeout: CONNECT_MS,
        socketTimeout: SILENCE_MS,
        reconnectStrategy: (retries: number, cause: Error) =>
          this.#started ? Math.min(LONGEST_PAUSE_MS, 50 * 2 ** Math.min(retries, 5)) : cause,
      },
    })
    this.client.on('error', (error: Error) => this.#lose(error))
    this.client.on('ready', () => this.#find())
  }

  /** @throws StartError with what an operator can do about it; the address is told without its password */
  static async open(address: RedisAddress, logger: MinimalLogger): Promise<RedisConnection> {
    const connection = new RedisConnection(address, logger)
    try {
      await connection.client.connect()
    } catch (cause) {
      throw new StartError(`REDIS_URL: cannot use ${address.shown}: ${reasonOf(cause)}`, { cause })
    }
    try {
      await connection.#requireVersion(address)
    } catch (error) {
      connection.stop()
      throw error
    }
    connection.#started = true
    return connection
  }

  /** Whether it answers, and how often it was lost. */
  get state(): { up: boolean; losses: number } {
    return { up: this.#isUp() && !this.#refusedLately(), losses: this.#losses }
  }

  /** Runs commands. @throws RedisUnavailable when Redis is lost, refuses, or does not answer in time */
  async run<T>(commands: (client: RedisClient) => Promise<T>): Promise<T> {
    if (!this.#isUp()) throw lost
    const { promise: late, reject } = Promise.withResolvers<never>()
    const timer = setTimeout(() => reject(new Error(`no answer within ${COMMAND_MS} ms`)), COMMAND_MS)
    try {
      return await Promise.race([commands(this.client), late])
    } catch (error) {
      if (error instanceof ErrorReply) this.#complain(error)
      else {
        this.#lose(error)
        this.#findByAnswer()
      }
      throw new RedisUnavailable('Redis did not do what it was asked for', { cause: error })
    } finally {
      clearTimeout(timer)
    }
  }

  stop(): void {
    if (this.client.isOpen) this.client.destroy()
  }

  async #requireVersion({ shown }: RedisAddress): Promise<void> {
    const hello = (await this.client.sendCommand(['HELLO'])) as { version?: unknown }
    const version = String(hello.version)
    if (Number.parseInt(version, 10) >= OLDEST) return
    const text = `REDIS_URL: ${shown} is Redis ${version}; ${OLDEST}.0 or newer is needed`
    throw new StartError(text, { exitCode: EXIT_CONFIG })
  }

  #isUp(): boolean {
    return this.#lostSince === undefined && this.client.isReady
  }

  #lose(error: unknown): void {
    if (!this.#started || this.#lostSince !== undefined) return
    this.#lostSince = performance.now()
    this.#losses++
    this.#logger.error(
      { err: error },
      'Redis is lost: sign-in is refused until it is back, other limits are kept in memory',
    )
  }

  #complain(error: ErrorReply): void {
    if (this.#refusedLately()) return
    this.#refusedAt = performance.now()
    this.#logger.error({ err: error }, 'Redis refuses to count: sign-in is refused, other limits are kept in memory')
  }

  #refusedLately(): boolean {
    return performance.now() - this.#refusedAt < REFUSAL_MS
  }

  #find(): void {
    if (this.#lostSince === undefined) return
    const seconds = Math.round((performance.now() - this.#lostSince) / 1_000)
    this.#lostSince = undefined
    this.#logger.info({ seconds }, 'Redis is back')
  }

  /** The socket may be whole all the while, as when the server was held up: the next answer tells. */
  #findByAnswer(): void {
    if (!this.client.isReady) return
    this.client.ping().then(
      () => this.#find(),
      () => {},
    )
  }
}

const reasonOf = (error: unknown): string => {
  if (error instanceof AggregateError && error.message === '') return error.errors.map(reasonOf).join('; ')
  return error instanceof Error ? error.message : String(error)
}
