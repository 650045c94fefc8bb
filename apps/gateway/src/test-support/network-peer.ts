import { type BlockKey, blockKey } from '@packages/content/block-store/block-key'
import type { NetworkBlocks } from '@packages/content/block-sources/network-blocks'
import type { BlockSource } from '@packages/content/block-source'
import { walkDag } from '@packages/content/dag/walk-dag'
import { parseCid } from '@packages/shared/cid'
import type { CID } from 'multiformats/cid'

/** Somebody in the network: gives what he has when he is asked for it, and is silent about everything else. */
export class NetworkPeer implements NetworkBlocks {
  asksOwnNodes = false
  isReachable = true
  /** Waited for before each block. */
  delay: ((cid: CID) => Promise<void>) | undefined
  readonly #blocks = new Map<BlockKey, Uint8Array>()
  /** All that was asked for, and how many of it are wanted still. */
  readonly asked: string[] = []
  wanted = 0
  /** Sessions that are open, and all there were. */
  sessions = 0
  begun = 0
  /** What each was opened for. */
  readonly roots: string[] = []

  put(cid: CID, bytes: Uint8Array): void {
    this.#blocks.set(blockKey(cid), bytes)
  }

  /** Takes over a whole DAG, or all of it but some blocks. */
  async take(source: BlockSource, root: string, without: (cid: CID) => boolean = () => false): Promise<void> {
    for await (const { cid, bytes } of walkDag(source, parseCid(root)))
      if (!without(cid)) this.put(cid, Buffer.from(bytes))
  }

  async open(root: CID) {
    if (!this.isReachable) return null
    this.roots.push(root.toString())
    this.sessions++
    this.begun++
    return {
      get: async (cid: CID, signal: AbortSignal) => {
        this.asked.push(cid.toString())
        this.wanted++
        try {
          await this.delay?.(cid)
          const bytes = this.#blocks.get(blockKey(cid))
          return bytes ?? (await untilAborted(signal))
        } finally {
          this.wanted--
        }
      },
      close: () => void this.sessions--,
    }
  }
}

const untilAborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason)
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
