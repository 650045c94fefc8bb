import { setTimeout as sleep } from 'node:timers/promises'
import { type CheckReplicasDeps, checkReplicas } from './check-replicas.ts'

/** What takes longer goes on behind: one node that answers slowly must not be why nobody hears of what another has lost. */
const WAIT_MS = 5_000

/** Asks nodes about their copies, each by itself and never twice at once. */
export class NodeChecks {
  readonly #deps: CheckReplicasDeps
  readonly #waitMs: number
  readonly #stopping = new AbortController()
  readonly #running = new Map<string, Promise<void>>()
  /** By node: of what it said nothing when it was asked last. */
  readonly #unknown = new Map<string, ReadonlySet<string>>()

  constructor(deps: CheckReplicasDeps, { waitMs = WAIT_MS } = {}) {
    this.#deps = deps
    this.#waitMs = waitMs
  }

  /** Resolves when they have been asked, or after a while. @throws what one of them failed by */
  async run(nodeIds: readonly string[], signal: AbortSignal): Promise<void> {
    const over = new AbortController()
    const checks = Promise.all(nodeIds.map((id) => this.#running.get(id) ?? this.#start(id, signal)))
    try {
      await Promise.race([checks, sleep(this.#waitMs, undefined, { signal: over.signal })])
    } finally {
      over.abort()
    }
  }

  async stop(): Promise<void> {
    this.#stopping.abort(new Error('the platform stops'))
    await Promise.allSettled(this.#running.values())
  }

  #start(nodeId: string, signal: AbortSignal): Promise<void> {
    const until = AbortSignal.any([signal, this.#stopping.signal])
    const check = checkReplicas(this.#deps, nodeId, until, this.#unknown.get(nodeId)).then(
      ({ unknown }) => {
        this.#running.delete(nodeId)
        this.#unknown.set(nodeId, unknown)
      },
      (error: unknown) => {
        this.#running.delete(nodeId)
        // Nobody may be waiting for it any more.
        if (!until.aborted) this.#deps.logger.warn({ err: error, nodeId }, 'the copies of a node could not be checked')
        throw error
      },
    )
    this.#running.set(nodeId, check)
    check.catch(() => undefined)
    return check
  }
}
