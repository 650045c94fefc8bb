import { randomUUIDv7 } from 'node:crypto'
import type { Database } from '@packages/db/open-database'
import {
  acknowledgePolicy,
  currentPolicyPosition,
  endGatewaySession,
  type PolicyTail,
  tailPolicyLog,
} from '@packages/db/policy-log'
import type { MinimalLogger } from '@packages/runtime/minimal-logger'
import type { LogPosition, PolicyEntry } from '@packages/shared/policy-log'

export type PolicyFollowerOptions = {
  db: Pick<Database, 'kysely' | 'listen'>
  logger: MinimalLogger
  /** Hands entries to the workers; without entries it only says that the log has been read up to here. `before`: up to where it was. */
  tell(position: LogPosition, entries: readonly PolicyEntry[], before: LogPosition): void
  /** How far of the log all workers that serve have come. */
  acknowledged(): LogPosition
}

const HEARTBEAT_MS = 1000
/** A tail that has not reached the end of the log for this long must not count as a sign of life. */
const STALE_MS = 2000

/**
 * Follows the policy log for the workers of one primary, and writes down in `gateway_sessions` how far they have
 * come: administrators' calls wait for that.
 */
export class PolicyFollower {
  readonly #options: PolicyFollowerOptions
  readonly #sessionId = randomUUIDv7()
  #position: LogPosition = { xid: '0', id: '0' }
  #caughtUpAt = 0
  #tail: PolicyTail | undefined
  #heartbeat: NodeJS.Timeout | undefined
  #writing: Promise<void> | undefined
  #dirty = false

  constructor(options: PolicyFollowerOptions) {
    this.#options = options
  }

  get position(): LogPosition {
    return this.#position
  }

  /** Milliseconds since the end of the log was last reached. */
  get ageMs(): number {
    return performance.now() - this.#caughtUpAt
  }

  /**
   * Before any worker serves: from then on every change waits for this gateway.
   * @param read reads the state that entries change, at the place from which they are told
   */
  async start(read: () => Promise<void>): Promise<void> {
    const { db, logger } = this.#options
    this.#position = await currentPolicyPosition(db.kysely)
    this.#caughtUpAt = performance.now()
    await read()
    await this.#write()
    this.#tail = await tailPolicyLog(db, {
      from: this.#position,
      logger,
      onEntries: (entries, position) => {
        const before = this.#position
        this.#position = position
        this.#options.tell(position, entries, before)
        this.publish()
      },
      onCaughtUp: () => {
        this.#caughtUpAt = performance.now()
      },
    })
    this.#heartbeat = setInterval(() => this.#beat(), HEARTBEAT_MS)
  }

  /** Writes down what is acknowledged now; calls that come while a write runs become one more write. */
  publish(): void {
    this.#dirty = true
    this.#writing ??= this.#drain()
  }

  async stop(): Promise<void> {
    clearInterval(this.#heartbeat)
    await this.#tail?.stop()
    await this.#writing
    await endGatewaySession(this.#options.db.kysely, this.#sessionId)
  }

  #beat(): void {
    if (this.ageMs < STALE_MS) this.#options.tell(this.#position, [], this.#position)
    this.publish()
  }

  async #drain(): Promise<void> {
    while (this.#dirty) {
      this.#dirty = false
      await this.#write().catch((err: unknown) =>
        this.#options.logger.warn({ err }, 'how far the gateway has come could not be written down'),
      )
    }
    this.#writing = undefined
  }

  async #write(): Promise<void> {
    const position = this.#options.acknowledged()
    await acknowledgePolicy(this.#options.db.kysely, { sessionId: this.#sessionId, position })
  }
}
