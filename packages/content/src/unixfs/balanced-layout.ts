import type { FileLink } from './file-node-encode.ts'

/**
 * Builds the balanced layout as leaves arrive: every leaf ends at the same depth, full nodes on the left. Holds at most
 * `maxLinks` links for each level, so memory grows with the logarithm of the file.
 * Same tree as boxo's `ipld/unixfs/importer/balanced`.
 */
export class BalancedLayout {
  readonly #maxLinks: number
  readonly #storeNode: (links: FileLink[]) => Promise<FileLink>
  /** `#levels[0]` are leaves not yet under a node, `#levels[1]` nodes over leaves, and so on. */
  readonly #levels: FileLink[][] = [[]]

  constructor(maxLinks: number, storeNode: (links: FileLink[]) => Promise<FileLink>) {
    this.#maxLinks = maxLinks
    this.#storeNode = storeNode
  }

  /** Takes the next leaf. Answers a promise only when a node became full, so that most leaves cost no turn. */
  add(leaf: FileLink): Promise<void> | undefined {
    const leaves = this.#levels[0] as FileLink[]
    if (leaves.length < this.#maxLinks) {
      leaves.push(leaf)
      return undefined
    }
    return this.#push(leaf, 0)
  }

  /** The root of what was added: the only leaf itself, or the top node. There must be at least one leaf. */
  async finish(): Promise<FileLink> {
    for (let level = 0; ; level++) {
      const links = this.#levels[level] as FileLink[]
      if (level === this.#levels.length - 1 && links.length === 1) return links[0] as FileLink
      await this.#push(await this.#storeNode(links), level + 1)
    }
  }

  async #push(link: FileLink, level: number): Promise<void> {
    const links = (this.#levels[level] ??= [])
    // A full node goes up only when another child comes: were it the last one, it might be the root.
    if (links.length === this.#maxLinks) {
      this.#levels[level] = [link]
      await this.#push(await this.#storeNode(links), level + 1)
    } else links.push(link)
  }
}
