import type { CID } from 'multiformats/cid'
import { ContentGone } from './block-errors.ts'
import type { HeldBlocks } from './held-blocks.ts'

/**
 * What is pinned, and behind it what is served without a pin and may go at any time. Of a block that both have, the pinned one is read: nothing that is
 * hot asks twice. Who withholds content looks at the pinned one's counts, so what is withheld stays so wherever it lies.
 */
export class CachedToo implements HeldBlocks {
  readonly #pinned: HeldBlocks
  readonly #cached: HeldBlocks

  constructor(pinned: HeldBlocks, cached: HeldBlocks) {
    this.#pinned = pinned
    this.#cached = cached
  }

  sizeOf(cid: CID): number | undefined {
    return this.#pinned.sizeOf(cid) ?? this.#cached.sizeOf(cid)
  }

  countsOf(cid: CID): ReturnType<HeldBlocks['countsOf']> {
    return this.#pinned.countsOf(cid)
  }

  async read(cid: CID, from: number, target: Buffer): Promise<void> {
    try {
      await this.#pinned.read(cid, from, target)
    } catch (error) {
      if (!(error instanceof ContentGone)) throw error
      await this.#cached.read(cid, from, target)
    }
  }

  extentOf(cid: CID, from: number, length: number): ReturnType<HeldBlocks['extentOf']> {
    return this.#holderOf(cid).extentOf(cid, from, length)
  }

  readNow(cid: CID, target: Buffer): boolean {
    return this.#holderOf(cid).readNow?.(cid, target) === true
  }

  #holderOf(cid: CID): HeldBlocks {
    return this.#pinned.sizeOf(cid) === undefined ? this.#cached : this.#pinned
  }

  async close(): Promise<void> {
    await this.#pinned.close()
    await this.#cached.close()
  }
}
