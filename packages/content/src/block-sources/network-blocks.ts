import type { CID } from 'multiformats/cid'

/** Blocks of whoever in the IPFS network has them. */
export type NetworkBlocks = {
  /** Those who are asked hold pinned content of this platform themselves: what may not be read here must not be asked of them. */
  readonly asksOwnNodes: boolean
  /** Whoever has this root is asked for it and for what is below it. Null while the network cannot be reached. */
  open(root: CID): Promise<NetworkSession | null>
}

export type NetworkSession = {
  /** A block whose bytes have its hash; waits for as long as nobody gives it. @throws the signal's reason; Error when nobody can be asked any more */
  get(cid: CID, signal: AbortSignal): Promise<Uint8Array>
  /** Nobody is asked for anything any more. */
  close(): void
}
