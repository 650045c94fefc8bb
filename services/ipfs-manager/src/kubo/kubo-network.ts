import { setTimeout as sleep } from 'node:timers/promises'
import type { NetworkBlocks, NetworkSession } from '@packages/content/block-sources/network-blocks'
import type { CID } from 'multiformats/cid'
import { blockOf } from './kubo-blocks.ts'
import type { KuboClient } from './kubo-client.ts'
import { KuboError } from './kubo-error.ts'

export type KuboNetworkDeps = {
  /** Public nodes by their rows, as they are now. */
  nodes(): ReadonlyMap<string, KuboClient>
  /** A node gave a block of so many bytes, and keeps it though nobody has pinned it. */
  onFetched(nodeId: string, bytes: number): void
  /** A node did not give one: another is asked, or it again. */
  onFailed(nodeId: string, error: KuboError): void
}

type NamedClient = readonly [nodeId: string, client: KuboClient]

/** Whoever asks sets the time; this ends what a node would go on with by itself. */
const BLOCK_MS = 60_000
/** After all nodes have failed, until they are asked again. */
const AGAIN_MS = 500

/**
 * The network as public Kubo nodes reach it: each block is asked of one of them, of the next one when that fails. All that is below a root is asked of the same one first,
 * which then knows who has it. What it finds stays in its repository until its garbage is collected.
 */
export class KuboNetwork implements NetworkBlocks {
  readonly asksOwnNodes = true
  readonly #deps: KuboNetworkDeps
  #next = 0

  constructor(deps: KuboNetworkDeps) {
    this.#deps = deps
  }

  async open(_root: CID): Promise<NetworkSession | null> {
    const nodes = [...this.#deps.nodes()]
    if (nodes.length === 0) return null
    const first = this.#next++ % nodes.length
    const ordered = [...nodes.slice(first), ...nodes.slice(0, first)]
    return { get: (cid, signal) => ask(this.#deps, ordered, cid, signal), close: () => undefined }
  }
}

/** Until one gives it: a node that is down now may be up in a second. */
const ask = async (
  { onFetched, onFailed }: Omit<KuboNetworkDeps, 'nodes'>,
  nodes: readonly NamedClient[],
  cid: CID,
  signal: AbortSignal,
): Promise<Uint8Array> => {
  for (;;) {
    for (const [nodeId, { rpc }] of nodes) {
      try {
        const bytes = await blockOf(rpc, cid, signal, { offline: false, timeoutMs: BLOCK_MS })
        if (bytes === undefined) continue
        onFetched(nodeId, bytes.length)
        return bytes
      } catch (error) {
        signal.throwIfAborted()
        if (!(error instanceof KuboError)) throw error
        onFailed(nodeId, error)
      }
    }
    await sleep(AGAIN_MS, undefined, { signal, ref: false }).catch(() => signal.throwIfAborted())
  }
}
