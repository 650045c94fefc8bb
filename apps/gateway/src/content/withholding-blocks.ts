import { GivenBack, walkGivenBack } from '@packages/content/dag/given-back'
import { parseCid } from '@packages/shared/cid'
import { HoldfastError } from '@packages/shared/holdfast-error'
import type { CID } from 'multiformats/cid'
import { ContentGone } from './block-errors.ts'
import type { HeldBlocks } from './held-blocks.ts'
import { heldSource } from './held-directories.ts'

/**
 * Held blocks without those that nobody but suspended organizations holds: to who asks they are not held. A block that is also below another root,
 * or held by itself, stays; that is asked of the index each time, so that an upload that was acknowledged is served.
 */
export class WithholdingBlocks implements HeldBlocks {
  readonly #blocks: HeldBlocks
  #withheld = new GivenBack()
  /** What comes in its place; both are withheld until it is complete. */
  #next: GivenBack | undefined
  readonly #closing = new AbortController()
  #wanted: readonly string[] | undefined
  #walking: Promise<boolean> | undefined
  #isKnown = false

  constructor(blocks: HeldBlocks) {
    this.#blocks = blocks
  }

  /** What is withheld is known. Before that anything may be, so nothing is served. */
  open(): void {
    this.#isKnown = true
  }

  /**
   * These roots and no others are withheld, as soon as they are walked through; lists that come during a walk become one more.
   * @returns false when not all of it could be read or remembered; @throws AbortError when it was closed meanwhile
   */
  withhold(roots: readonly string[]): Promise<boolean> {
    this.#wanted = roots
    this.#walking ??= this.#walkUntilLast()
    return this.#walking
  }

  async #walkUntilLast(): Promise<boolean> {
    try {
      return await this.#walk()
    } finally {
      this.#walking = undefined
    }
  }

  async #walk(): Promise<boolean> {
    const { signal } = this.#closing
    const blocks = { ...heldSource(this.#blocks), countsOf: (cid: CID) => this.#blocks.countsOf(cid) }
    let isWhole = true
    for (let roots = this.#wanted; roots !== undefined; roots = this.#wanted) {
      this.#wanted = undefined
      const givenBack = new GivenBack()
      this.#next = givenBack
      isWhole = await walkGivenBack(blocks, roots.map(parseCid), { givenBack, signal })
      this.#withheld = givenBack
      this.#next = undefined
    }
    return isWhole
  }

  /** @throws HoldfastError `unavailable` */
  sizeOf(cid: CID): number | undefined {
    return this.#isWithheld(cid) ? undefined : this.#blocks.sizeOf(cid)
  }

  /** It is held, and to nobody. @throws HoldfastError `unavailable` */
  withholds(cid: CID): boolean {
    return this.#isWithheld(cid)
  }

  countsOf(cid: CID): ReturnType<HeldBlocks['countsOf']> {
    return this.#blocks.countsOf(cid)
  }

  async read(cid: CID, from: number, target: Buffer): Promise<void> {
    if (this.#isWithheld(cid)) throw new ContentGone(`the block ${cid} is not held any more`)
    await this.#blocks.read(cid, from, target)
  }

  extentOf(cid: CID, from: number, length: number): ReturnType<HeldBlocks['extentOf']> {
    return this.#isWithheld(cid) ? undefined : this.#blocks.extentOf(cid, from, length)
  }

  readNow(cid: CID, target: Buffer): boolean {
    return !this.#isWithheld(cid) && this.#blocks.readNow?.(cid, target) === true
  }

  async close(): Promise<void> {
    this.#closing.abort()
    await this.#walking?.catch(() => undefined)
    await this.#blocks.close()
  }

  #isWithheld(cid: CID): boolean {
    if (!this.#isKnown) throw new HoldfastError('unavailable', { headers: { 'Retry-After': '2' } })
    const [withheld, next] = [this.#withheld, this.#next]
    if (withheld.size === 0 && (next === undefined || next.size === 0)) return false
    const counts = this.#blocks.countsOf(cid)
    const isAmong = (givenBack: GivenBack | undefined): boolean =>
      givenBack !== undefined && counts.every(({ key, count }) => givenBack.has(key, count))
    return counts.length > 0 && (isAmong(withheld) || isAmong(next))
  }
}
