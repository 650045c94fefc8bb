import type { NamedSource } from '@packages/content/block-sources/chain'
import type { BlockSource } from '@packages/content/block-source'
import type { CID } from 'multiformats/cid'

export type PinNetwork = 'public' | 'private'

/** A root that the platform wants on a node. `cid` is canonical (v1, base32). */
export type WantedRoot = { contentId: string; cid: CID; network: PinNetwork; dagSize: number | null }

/** What a fetch has done so far; told at most every 500 ms. Blocks and bytes never go down within one call. */
export type FetchProgress = {
  phase: FetchPhase
  blocks: number
  bytes: number
  /** Peers that were tried since the last call, newest last. */
  providers: readonly TriedProvider[]
}

export type FetchPhase = 'searching' | 'fetching' | 'replicating'

export type TriedProvider = { peerId: string; outcome: 'dialled' | 'sent' | 'failed' }

/** Where a root may come from. `network` is refused for private roots. */
export type RootSource =
  /** A CARv1 of exactly this DAG, in the order of `exportCar`; opened again for another try. The node verifies each block. */
  | { kind: 'car'; open(signal: AbortSignal): AsyncIterable<Uint8Array> }
  /** From the network. `origins` are multiaddrs, dialled first; best effort, and the backend refuses what it must not dial. */
  | { kind: 'network'; origins: readonly string[] }
  /** From nodes (their ids) that hold it: they are connected to each other first. */
  | { kind: 'nodes'; holders: readonly string[] }

/** What one call of `ensure` may cost. `stallMs`: without a new block. */
export type FetchLimits = { maxMs: number; stallMs: number; maxBytes: number; maxBlocks: number; maxDepth: number }

/** A node's own word about a root. `pinned` alone counts. */
export type ReplicaWord =
  | { contentId: string; state: 'pinned'; isForeign: boolean }
  | { contentId: string; state: 'absent' }
  /** The node could not be asked: says nothing about the copy. */
  | { contentId: string; state: 'unknown'; reason: string }

/** Sizes as counted from the CAR, while fetching, or by the node: what tenants are charged. */
export type Ensured = { isForeign: boolean; dagSize: number; blocks: number }

export type BackendErrorCode =
  /** Nobody was found who has it. */
  | 'no_providers'
  /** Somebody was, and then no new block came for `stallMs`. */
  | 'stalled'
  | 'limit_time'
  | 'limit_bytes'
  | 'limit_blocks'
  | 'limit_depth'
  /** A block is not what its CID says, or cannot be read as what its codec says. */
  | 'corrupt_dag'
  /** The CAR lacks blocks. */
  | 'incomplete_dag'
  | 'unsupported_cid'
  /** The operator has denied it meanwhile. */
  | 'denied'
  | 'no_space'
  | 'node_down'
  | 'node_error'

/** Another try, on any node, would end the same. */
const FINAL: ReadonlySet<BackendErrorCode> = new Set([
  'limit_bytes',
  'limit_blocks',
  'limit_depth',
  'corrupt_dag',
  'unsupported_cid',
  'denied',
])

/** What a backend could not do. Its message is told to users and operators: no addresses, no tokens, no paths. */
export class BackendError extends Error {
  override readonly name = 'BackendError'
  readonly code: BackendErrorCode

  constructor(code: BackendErrorCode, message: string, options: { cause?: unknown } = {}) {
    super(message, options)
    this.code = code
  }

  /** false: another try would end the same. */
  get retryable(): boolean {
    return !FINAL.has(this.code)
  }
}

/** A node as it is now. */
export type NodeReport = {
  nodeId: string
  name: string
  network: PinNetwork
  zone: string
  /** `refused`: it answers, but its settings or its credentials make it unusable. */
  state: 'up' | 'down' | 'refused'
  /** Why it is not up, for operators. */
  reason: string | null
  version: string | null
  peerId: string | null
  /** Dialable from outside, each ending in /p2p/: delegates of the Pinning API come from here. Empty for private nodes. */
  addresses: readonly string[]
  capacityBytes: number | null
  usedBytes: number | null
  peers: number | null
  provide: { queued: number; lagSeconds: number | null } | null
}

/** One pin of a node, ours or not. `label` is the name that it was given. */
export type ListedPin = { cid: CID; label: string | null }

export type EnsureOptions = {
  limits: FetchLimits
  onProgress?: (progress: FetchProgress) => void
  signal: AbortSignal
}

/**
 * A place that keeps DAGs. It knows nothing of tenants, pins or policies and never decides where something goes (ADR
 * 0125). Every call ends by itself (deadline), and at once when the signal aborts; after an abort the node's state is
 * unknown until `replicas` was asked.
 */
export type PinBackend = {
  readonly kind: 'embedded' | 'kubo'

  /**
   * Brings the root and all below it to the node, durably, labelled as ours (`hf:<install>:…`), and returns the node's
   * own confirmation, read back after the write. Doing it twice is harmless. A pin of the same CID that is not ours is
   * left as it is and counts (`isForeign`).
   * @throws BackendError; the signal's reason when aborted. Nothing of a failed call is pinned.
   */
  ensure(nodeId: string, root: WantedRoot, source: RootSource, options: EnsureOptions): Promise<Ensured>

  /**
   * `ensure` for many roots at once, each from a CAR: what uploads go through. One failure does not touch the others.
   * @returns a word or an error for each, in the order given
   */
  push(
    nodeId: string,
    roots: readonly { root: WantedRoot; source: RootSource & { kind: 'car' } }[],
    signal: AbortSignal,
  ): Promise<(Ensured | BackendError)[]>

  /**
   * Takes our pin away, unless `keep` names a live content of the same CID that stands on it: then Kubo does nothing,
   * and the embedded store drops this content's root alone. Resolves when the node confirms, also when it never had it.
   * Space comes back by `collectGarbage`.
   * @throws BackendError `node_down` | `node_error`
   */
  release(nodeId: string, root: WantedRoot, options: { keep: string | null; signal: AbortSignal }): Promise<void>

  /** The node's word about some roots, at most 1,000. Never throws for a node that cannot be asked: `unknown`. */
  replicas(nodeId: string, roots: readonly WantedRoot[], signal: AbortSignal): Promise<ReplicaWord[]>

  /**
   * Reads the root and all below it from this node alone, and hashes every block: no network is asked, and no other node.
   * @throws BackendError `incomplete_dag` when a block is not there, `corrupt_dag`, `node_down` | `node_error`; the signal's reason
   */
  verify(nodeId: string, root: WantedRoot, signal: AbortSignal): Promise<{ dagSize: number; blocks: number }>

  /**
   * Everything that the node has pinned, ours and others'. Yields pages; throws when the listing broke off, so that what
   * was not listed is never taken for absent.
   */
  list(nodeId: string, signal: AbortSignal): AsyncIterable<readonly ListedPin[]>

  /** All nodes as they are now; within 2 s, whatever they do. */
  nodes(signal: AbortSignal): Promise<NodeReport[]>

  /** Gives the space of released roots back; the caller has made sure that nothing is pushed. Bytes freed, or null. */
  collectGarbage(nodeId: string, signal: AbortSignal): Promise<number | null>

  /** Verified blocks of what the nodes hold, never asking the network; the nodes of `holders` first. */
  blocks(network: PinNetwork, holders?: readonly string[]): NamedSource
}

/** The own store as a backend: it alone has private contents under the list of their ciphertexts. */
export type OwnBackend = PinBackend & {
  /**
   * `ensure` for a private content, `cid` being its list: from blocks by the CIDs of the own store, each of them hashed; its key is not needed.
   * @throws as `ensure`
   */
  ensureList(nodeId: string, root: WantedRoot, blocks: BlockSource, options: EnsureOptions): Promise<Ensured>
}
