import type { Database } from '@packages/db/open-database'
import type { MinimalLogger } from '@packages/runtime/minimal-logger'
import { noteReleased } from './collect-garbage.ts'

export type FetchedGarbageDeps = {
  db: Pick<Database, 'kysely'>
  logger: MinimalLogger
  /** So much of one node is written down at once; less of it is not worth a look through its repository. */
  eachBytes?: number
}

const EACH_BYTES = 64 * 2 ** 20

/**
 * What nodes have fetched from the network for somebody who only reads it stays in their repositories, and no pin of it ever goes: that there is something to collect is
 * told here, in sums. What is not written down when the process dies is missed.
 */
export class FetchedGarbage {
  readonly #deps: FetchedGarbageDeps
  readonly #bytes = new Map<string, number>()
  readonly #telling = new Set<Promise<void>>()

  constructor(deps: FetchedGarbageDeps) {
    this.#deps = deps
  }

  add(nodeId: string, bytes: number): void {
    const sum = (this.#bytes.get(nodeId) ?? 0) + bytes
    this.#bytes.set(nodeId, sum)
    if (sum >= (this.#deps.eachBytes ?? EACH_BYTES)) this.#tell(nodeId, sum)
  }

  /** Resolves when all of it has been written down. */
  async stop(): Promise<void> {
    for (const [nodeId, bytes] of this.#bytes) this.#tell(nodeId, bytes)
    await Promise.all(this.#telling)
  }

  #tell(nodeId: string, bytes: number): void {
    this.#bytes.delete(nodeId)
    const telling: Promise<void> = noteReleased(nodeId, bytes)
      .execute(this.#deps.db.kysely)
      .then(
        () => undefined,
        (error: unknown) => {
          // With what comes next.
          this.#bytes.set(nodeId, (this.#bytes.get(nodeId) ?? 0) + bytes)
          this.#deps.logger.warn({ err: error, nodeId, bytes }, 'what a node has fetched was not noted as its garbage')
        },
      )
      .finally(() => this.#telling.delete(telling))
    this.#telling.add(telling)
  }
}
