import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { HoldfastError } from '@packages/shared/holdfast-error'
import type { RootDatabase } from 'lmdb'
import type { CID } from 'multiformats/cid'
import type { BlockSource } from '../block-source.ts'
import { type BlockKey, blockKeyBytes, bytesToKey, checkIdentity, isIdentity, isKeyOf } from './block-key.ts'
import { placeKey } from './damaged-places.ts'
import { matchesHash } from './hash-block.ts'
import { type BlockLocation, decodeEntry, decodeLocation } from './index-entry.ts'
import { isMisplaced } from './near-key.ts'
import { ownersOf } from './root-keys.ts'
import { checkLength, SegmentPool } from './segment-pool.ts'
import { BlockDamaged, SegmentGone } from './store-error.ts'
import {
  type BinaryDatabase,
  blocksDatabaseName,
  DAMAGED_DATABASE,
  openEnvironment,
  ROOTS_DATABASE,
} from './store-index.ts'
import { VerifiedBlocks } from './verified-blocks.ts'

export type { BlockLocation } from './index-entry.ts'
export { BlockDamaged, SegmentGone } from './store-error.ts'

/** Bytes that lie together in a file that is open, for this turn of the event loop. */
export type FileExtent = { descriptor: number; position: number; length: number }

export type StoreReaderParts = {
  environment: RootDatabase<Buffer, Buffer>
  pool: SegmentPool
  realm: string
  verified?: VerifiedBlocks
  /** Told of each block that `get` finds damaged. */
  onDamaged?: (cid: CID) => void
  /** Closes what belongs to this reader alone. */
  onClose: () => Promise<void>
}

const BINARY = { keyEncoding: 'binary', encoding: 'binary' } as const
const LOCATE_TRIES = 4
/** How often a reader in another process looks whether the index was put in place anew. */
const INDEX_LOOK_MS = 1_000

const isDamage = (error: unknown): boolean =>
  error instanceof BlockDamaged || (error instanceof HoldfastError && error.cause instanceof BlockDamaged)

/**
 * Reads one realm's blocks. In the writer's process get it from `BlockStore.reader`; in other processes `open` it: the index is then opened
 * read-only (never before a fork, never on a network drive).
 */
export class StoreReader implements BlockSource {
  #parts: StoreReaderParts
  readonly #verified: VerifiedBlocks
  #blocks: BinaryDatabase | undefined
  #damaged: BinaryDatabase | undefined
  #roots: BinaryDatabase | undefined
  #isFresh = false
  /** What was looked up last in this turn, in which the index says the same: a request asks several times for the block that it is about. */
  #last: { cid: CID; location: BlockLocation } | undefined

  constructor(parts: StoreReaderParts) {
    this.#parts = parts
    this.#verified = parts.verified ?? new VerifiedBlocks()
    this.#blocks = this.#openBlocks()
  }

  /** For a process that does not hold the writer. The store must have been made by a writer already. */
  static async open(options: { directory: string; realm: string }): Promise<StoreReader> {
    const path = join(options.directory, 'index')
    let file = await stat(join(path, 'data.mdb'))
    const environment = openEnvironment(path, { readOnly: true })
    const pool = new SegmentPool(options.directory)
    let reader: StoreReader | undefined
    // A rebuilt index is another file: this one will never change again.
    const look = async (): Promise<void> => {
      const now = await stat(join(path, 'data.mdb')).catch(() => undefined)
      if (now === undefined || now.ino === file.ino || reader === undefined) return
      await reader.#changeTo(openEnvironment(path, { readOnly: true }))
      file = now
    }
    const looking = setInterval(() => void look().catch(() => undefined), INDEX_LOOK_MS).unref()
    const onClose = async (): Promise<void> => {
      clearInterval(looking)
      pool.close()
      await (reader === undefined ? environment : reader.#parts.environment).close()
    }
    reader = new StoreReader({ environment, pool, realm: options.realm, onClose })
    return reader
  }

  async #changeTo(environment: RootDatabase<Buffer, Buffer>): Promise<void> {
    const before = this.#parts.environment
    this.#parts = { ...this.#parts, environment }
    this.#damaged = this.#roots = this.#last = undefined
    this.#blocks = this.#openBlocks()
    await before.close()
  }

  // A realm's database is made with its first block.
  #openBlocks(): BinaryDatabase | undefined {
    const database: BinaryDatabase | undefined = this.#parts.environment.openDB<Buffer, Buffer>(
      blocksDatabaseName(this.#parts.realm),
      BINARY,
    )
    return database
  }

  #look(key: Buffer): BlockLocation | undefined {
    const value = this.#blocks?.getBinaryFast(key)
    return value === undefined ? undefined : decodeLocation(value)
  }

  /** Where a block lies, as the index stands now; `undefined` when it is not held, and for identity CIDs. */
  locate(cid: CID): BlockLocation | undefined {
    if (this.#last?.cid === cid) return this.#last.location
    if (isIdentity(cid)) return undefined
    const key = blockKeyBytes(cid)
    this.#refresh()
    const location = this.#look(key)
    if (location !== undefined) {
      this.#last = { cid, location }
      return location
    }
    // The read transaction may be older than the last commit.
    this.#parts.environment.resetReadTxn()
    this.#blocks ??= this.#openBlocks()
    return this.#look(key) ?? this.#lookByHash(cid.multihash.bytes)
  }

  // What was released before this turn of the event loop began must not be found: one new read transaction for each turn.
  #refresh(): void {
    if (this.#isFresh) return
    this.#isFresh = true
    queueMicrotask(() => {
      this.#isFresh = false
      this.#last = undefined
    })
    this.#parts.environment.resetReadTxn()
  }

  /** Whether the index should have this block and does not: it has a root on it, or an entry whose key has flipped. */
  isLost(cid: CID): boolean {
    if (isIdentity(cid) || this.locate(cid) !== undefined || this.#blocks === undefined) return false
    if (isMisplaced(this.#blocks, this.#parts.pool, cid)) return true
    this.#roots ??= this.#parts.environment.openDB<Buffer, Buffer>(ROOTS_DATABASE, BINARY)
    return this.#roots !== undefined && ownersOf(this.#roots, { realm: this.#parts.realm, cid }, 1).length > 0
  }

  // The bytes are the same whatever codec they are asked for with.
  #lookByHash(multihash: Uint8Array): BlockLocation | undefined {
    if (this.#blocks === undefined) return undefined
    const prefix = Buffer.from(multihash)
    for (const { key, value } of this.#blocks.getRange({ start: prefix, limit: 1 }))
      if (isKeyOf(key, prefix)) return decodeLocation(value)
    return undefined
  }

  /** How often this block's bytes are linked to, links of held blocks and roots, by each key that they are held under. */
  countsOf(cid: CID): { key: BlockKey; count: number }[] {
    if (isIdentity(cid) || this.#blocks === undefined) return []
    this.#refresh()
    const prefix = Buffer.from(cid.multihash.bytes)
    const counts: { key: BlockKey; count: number }[] = []
    for (const { key, value } of this.#blocks.getRange({ start: prefix })) {
      if (!key.subarray(0, prefix.length).equals(prefix)) break
      if (isKeyOf(key, prefix)) counts.push({ key: bytesToKey(key), count: decodeEntry(value).count })
    }
    return counts
  }

  /**
   * Reads `length` bytes from byte `from` of a block into `target`. Not verified: see `verifyOnce`.
   * @throws SegmentGone when the segment was unlinked meanwhile: locate again.
   */
  async read(
    location: BlockLocation,
    target: Uint8Array,
    targetOffset: number,
    from: number,
    length: number,
  ): Promise<void> {
    if (from < 0 || length < 0 || from + length > location.length) throw new RangeError('outside of the block')
    await this.#parts.pool.read(location.segment, target, targetOffset, length, location.offset + from)
  }

  /** Reads a whole block in this turn, where that costs little (see `QuickReads`). Not verified. @returns whether it did; @throws as `read` */
  readNow({ segment, offset, length }: BlockLocation, target: Uint8Array): boolean {
    if (target.length !== length) throw new RangeError('not the length of the block')
    return this.#parts.pool.readNow(segment, target, offset)
  }

  // What was hashed once says nothing when damage was found there since, by whichever process.
  #isDamaged(location: BlockLocation): boolean {
    this.#damaged ??= this.#parts.environment.openDB<Buffer, Buffer>(DAMAGED_DATABASE, BINARY)
    return this.#damaged?.doesExist(placeKey(location)) === true
  }

  /** True when the block at this place was hashed in this process a moment ago, and nobody has found it damaged since. */
  isVerified(location: BlockLocation): boolean {
    return this.#verified.has(location) && !this.#isDamaged(location)
  }

  /**
   * Checks a whole block's bytes against its CID, unless that was done in this process a moment ago.
   * @throws HoldfastError `internal` (cause BlockDamaged) when they do not match.
   */
  verifyOnce(location: BlockLocation, cid: CID, bytes: Uint8Array): void {
    if (this.isVerified(location)) return
    if (!matchesHash(cid.multihash, bytes))
      throw new HoldfastError('internal', { cause: new BlockDamaged(`the stored block ${cid} is damaged`) })
    this.#verified.add(location)
  }

  /**
   * Where a part of a block lies, for who sends it without reading it. Undefined unless the whole block was hashed a moment ago: so it is in memory, and what is sent is what was hashed.
   * @throws SegmentGone
   */
  extentOf(location: BlockLocation, from: number, length: number): FileExtent | undefined {
    if (from < 0 || length < 0 || from + length > location.length) throw new RangeError('outside of the block')
    if (!this.isVerified(location)) return undefined
    const descriptor = this.#parts.pool.descriptorOf(location.segment)
    return { descriptor, position: location.offset + from, length }
  }

  /** A block's verified bytes; `undefined` when it is not held. */
  async get(cid: CID, options: { signal?: AbortSignal } = {}): Promise<Uint8Array | undefined> {
    if (isIdentity(cid)) {
      checkIdentity(cid)
      return cid.multihash.digest
    }
    try {
      return await this.#getStored(cid, options)
    } catch (error) {
      if (isDamage(error)) this.#parts.onDamaged?.(cid)
      throw error
    }
  }

  async #getStored(cid: CID, options: { signal?: AbortSignal }): Promise<Uint8Array | undefined> {
    for (let attempt = 0; attempt < LOCATE_TRIES; attempt++) {
      options.signal?.throwIfAborted()
      const location = this.locate(cid)
      if (location === undefined) return undefined
      checkLength(location.length)
      try {
        const bytes = Buffer.allocUnsafeSlow(location.length)
        await this.read(location, bytes, 0, 0, location.length)
        this.verifyOnce(location, cid, bytes)
        return bytes
      } catch (error) {
        if (!(error instanceof SegmentGone)) throw error
        this.#parts.environment.resetReadTxn()
      }
    }
    throw new HoldfastError('internal', { cause: new BlockDamaged(`the index points at a missing segment for ${cid}`) })
  }

  async close(): Promise<void> {
    await this.#parts.onClose()
  }
}
