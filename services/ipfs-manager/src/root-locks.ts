import type { CID } from 'multiformats/cid'

/**
 * One thing at a time for a root on a node: nodes know CIDs and no contents, so that letting one content go must not pull away the pin that another one of
 * the same CID has just been given. In memory: one process acts on nodes.
 */
export class RootLocks {
  readonly #held = new Map<string, Promise<void>>()

  /** Waits for its turn. */
  async run<T>(nodeId: string, cid: CID, work: () => Promise<T>): Promise<T> {
    const key = keyOf(nodeId, cid)
    for (let other = this.#held.get(key); other !== undefined; other = this.#held.get(key)) await other
    return this.#hold(key, work)
  }

  /** Undefined, and nothing done, while somebody else is at it. */
  async runIfFree<T>(nodeId: string, cid: CID, work: () => Promise<T>): Promise<T | undefined> {
    const key = keyOf(nodeId, cid)
    return this.#held.has(key) ? undefined : this.#hold(key, work)
  }

  async #hold<T>(key: string, work: () => Promise<T>): Promise<T> {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#held.set(key, promise)
    try {
      return await work()
    } finally {
      this.#held.delete(key)
      resolve()
    }
  }
}

const keyOf = (nodeId: string, cid: CID): string => `${nodeId} ${cid.toString()}`
