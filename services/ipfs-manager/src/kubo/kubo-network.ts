import { setTimeout as sleep } from 'node:timers/promises'
import type { NetworkBlocks, NetworkSession } from '@packages/content/block-sources/network-blocks'
import type { CID } from 'multiformats/cid'
import { blockOf } from './kubo-blocks.ts'
import type { KuboClient } from './kubo-client.ts'

export type KuboNetworkDeps = {
  /** Public nodes, as they are now. */
  nodes(): readonly KuboClient[]
}

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
    return { get: (cid, signal) => ask(ordered, cid, signal), close: () => undefined }
  }
}

/** Until one gives it: a node that is down now may be up in a second. */
const ask = async (nodes: readonly KuboClient[], cid: CID, signal: AbortSignal): Promise<Uint8Array> => {
  for (;;) {
    for (const { rpc } of nodes) {
      const bytes = await blockOf(rpc, cid, signal, { offline: false, timeoutMs: BLOCK_MS }).catch(() => undefined)
      signal.throwIfAborted()
      if (bytes !== undefined) return bytes
    }
    await sleep(AGAIN_MS, undefined, { signal, ref: false }).catch(() => signal.throwIfAborted())
  }
}
