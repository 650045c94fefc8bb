import { BlockDamaged, type BlockLocation, SegmentGone, StoreReader } from '@packages/content/block-store/store-reader'
import { NETWORK_CACHE_REALM } from '@packages/content/cache/block-cache'
import { DAG_LIMITS } from '@packages/content/dag/dag-limits'
import { CACHE_REALM } from '@packages/content/car/cache-car'
import { HoldfastError } from '@packages/shared/holdfast-error'
import type { CID } from 'multiformats/cid'
import { ContentGone, CorruptBlock } from './block-errors.ts'
import { CachedToo } from './cached-too.ts'
import type { HeldBlocks } from './held-blocks.ts'

/** A segment can be rewritten between look-up and read; more often than this in one read is something else. */
const TRIES = 4

const isDamage = (error: unknown): boolean =>
  error instanceof BlockDamaged || (error instanceof HoldfastError && error.cause instanceof BlockDamaged)

/** A store's reader as the gateway needs it. */
export class StoreBlocks implements HeldBlocks {
  readonly #reader: StoreReader

  constructor(reader: StoreReader) {
    this.#reader = reader
  }

  sizeOf(cid: CID): number | undefined {
    return this.#locate(cid)?.length
  }

  countsOf(cid: CID): ReturnType<HeldBlocks['countsOf']> {
    return this.#reader.countsOf(cid)
  }

  async read(cid: CID, from: number, target: Buffer): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        await this.#tryRead(cid, from, target)
        return
      } catch (error) {
        // A segment that the index still names after several looks is lost.
        const isLost = error instanceof SegmentGone && attempt === TRIES
        if (isDamage(error) || isLost) throw new CorruptBlock(cid.toString(), { cause: error })
        if (!(error instanceof SegmentGone)) throw error
      }
    }
  }

  extentOf(cid: CID, from: number, length: number): ReturnType<HeldBlocks['extentOf']> {
    const location = this.#locate(cid)
    if (location === undefined) return undefined
    try {
      return this.#reader.extentOf(location, from, length)
    } catch (error) {
      if (error instanceof SegmentGone) return undefined
      throw error
    }
  }

  readNow(cid: CID, target: Buffer): boolean {
    try {
      const location = this.#locate(cid)
      if (location === undefined || !this.#reader.readNow(location, target)) return false
      this.#reader.verifyOnce(location, cid, target)
      return true
    } catch {
      return false
    }
  }

  async close(): Promise<void> {
    await this.#reader.close()
  }

  /** @throws CorruptBlock for an entry that the index has lost, or that cannot be one: no block is larger when it is stored */
  #locate(cid: CID): BlockLocation | undefined {
    const location = this.#reader.locate(cid)
    const isBroken = location === undefined ? this.#reader.isLost(cid) : location.length > DAG_LIMITS.maxBlockBytes
    if (isBroken) throw new CorruptBlock(cid.toString())
    return location
  }

  async #tryRead(cid: CID, from: number, target: Buffer): Promise<void> {
    const location = this.#locate(cid)
    if (location === undefined) throw new ContentGone(`the block ${cid} is not held any more`)
    const isWhole = from === 0 && target.length === location.length
    if (isWhole || this.#reader.isVerified(location)) {
      await this.#reader.read(location, target, 0, from, target.length)
      if (isWhole) this.#reader.verifyOnce(location, cid, target)
      return
    }
    // A part can only be trusted when the whole was hashed.
    const whole = Buffer.allocUnsafeSlow(location.length)
    await this.#reader.read(location, whole, 0, 0, whole.length)
    this.#reader.verifyOnce(location, cid, whole)
    whole.copy(target, 0, from, from + target.length)
  }
}

/** Opens a store read-only, for a process that does not hold its writer: a realm, and what is cached beside it. */
export const openHeldBlocks = async ({ directory, realm }: { directory: string; realm: string }): Promise<HeldBlocks> =>
  new CachedToo(
    new StoreBlocks(await StoreReader.open({ directory, realm })),
    new StoreBlocks(await StoreReader.open({ directory, realm: CACHE_REALM })),
  )

/** The same of what was fetched from the network. */
export const openFetchedBlocks = async (directory: string): Promise<HeldBlocks> =>
  new StoreBlocks(await StoreReader.open({ directory, realm: NETWORK_CACHE_REALM }))
