import { blocksOn } from './blocks-on.ts'
import type { NodePool } from './node-pool.ts'

/** Whether a block of a private node was ever on a public one: what is encrypted for one content alone is found nowhere else. */
export class NetworkBorders {
  readonly #pool: NodePool
  /** What each node makes for itself. */
  readonly #common: ReadonlySet<string>
  /** All that private nodes ever had. */
  readonly #secret = new Set<string>()

  private constructor(pool: NodePool, common: ReadonlySet<string>) {
    this.#pool = pool
    this.#common = common
  }

  /** @param pool with nodes that are empty yet */
  static async draw(pool: NodePool): Promise<NetworkBorders> {
    const empty = await Promise.all(pool.nodes.map(blocksOn))
    return new NetworkBorders(pool, new Set(empty.flatMap((blocks) => [...blocks])))
  }

  /** Asks all nodes, which have to be up. @returns every block on the wrong side in words */
  async crossings(): Promise<string[]> {
    const found = await Promise.all(this.#pool.nodes.map(async (node) => ({ node, blocks: await blocksOn(node) })))
    for (const { node, blocks } of found)
      if (node.network === 'private') for (const block of blocks) if (!this.#common.has(block)) this.#secret.add(block)
    return found
      .filter(({ node }) => node.network === 'public')
      .flatMap(({ node, blocks }) =>
        [...blocks]
          .filter((block) => this.#secret.has(block))
          .map((block) => `${node.name}, a public node, has the block ${block} of a private one`),
      )
  }

  get blocks(): number {
    return this.#secret.size
  }
}
