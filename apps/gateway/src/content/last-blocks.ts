import type { BlockSource } from '@packages/content/block-source'

/** What is kept for one response at most, except that the last few blocks are kept whatever their size. */
const KEPT_BYTES = 3 * 1024 * 1024
/** A node above, and two leaves that a piece lies in. */
const LEAST_BLOCKS = 3

/**
 * The same blocks, of which the last ones are kept: who reads a file piece by piece has each of them fetched, opened and hashed once. For one request: what was
 * read for one is not at hand for another.
 */
export const keepingLastBlocks = (source: BlockSource): BlockSource => {
  const kept = new Map<string, Uint8Array>()
  let bytes = 0
  const keep = (key: string, block: Uint8Array): void => {
    bytes += block.length - (kept.get(key)?.length ?? 0)
    kept.delete(key)
    kept.set(key, block)
    for (const [oldest, { length }] of kept) {
      if (bytes <= KEPT_BYTES || kept.size <= LEAST_BLOCKS) return
      kept.delete(oldest)
      bytes -= length
    }
  }
  return {
    get: async (cid, options) => {
      const key = cid.toString()
      const block = kept.get(key) ?? (await source.get(cid, options))
      if (block !== undefined) keep(key, block)
      return block
    },
  }
}
