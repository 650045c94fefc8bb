import type { CID } from 'multiformats/cid'

/**
 * The read port: hands out verified bytes of a block, `undefined` when the block is not held.
 * The returned bytes belong to the caller for reading; nobody may write to them.
 */
export type BlockSource = {
  get(cid: CID, options?: { signal?: AbortSignal }): Promise<Uint8Array | undefined>
}

/** The write port. Resolves when backpressure allows the next block; `bytes` belong to the sink after the call. */
export type BlockSink = {
  put(cid: CID, bytes: Uint8Array): Promise<void> | void
  /** The same for a raw block of `length` bytes that lies in pieces, where a sink can do without joining them. */
  putParts?(cid: CID, parts: readonly Uint8Array[], length: number): Promise<void> | void
}
