/** What a reader accepts of a DAG that somebody else built. */
export type ReadLimits = {
  /** Nodes on the way from the root to a leaf. A balanced file of 1 EiB in 1 MiB chunks has 5. */
  maxDepth: number
  /** Links of one node. */
  maxLinks: number
  /** Links of all nodes that are open at the same time, which bounds the memory of one reader. */
  maxOpenLinks: number
  /** Blocks that may be loaded whatever they yield; beyond them each has to pay with `minBytesPerBlock` on average. */
  freeBlocks: number
  minBytesPerBlock: number
}

export const READ_LIMITS: Readonly<ReadLimits> = {
  maxDepth: 32,
  maxLinks: 16_384,
  maxOpenLinks: 65_536,
  freeBlocks: 100_000,
  minBytesPerBlock: 256,
}
