import { mkdir } from 'node:fs/promises'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { CID } from 'multiformats/cid'
import { AdoptItem, ReleaseItem, VoidItem } from './batch-items.ts'
import { type BlockKey, keyToBytes } from './block-key.ts'
import { LIST_CODEC } from './block-list.ts'
import { type BlockState, checkBlock, heldKey, isLost } from './check-block.ts'
import { type CompactionOptions, type CompactionResult, Compactor } from './compaction/compactor.ts'
import { healBlock } from './heal-item.ts'
import { readMisplaced } from './near-key.ts'
import { type DagMeasure, measureDag } from './measure-dag.ts'
import { knownDamaged } from './mend-blocks.ts'
import { openIndex } from './open-index.ts'
import { RealmWriter } from './realm-writer.ts'
import type { Recovery } from './recover-segments.ts'
import { checkNames, hasOwner, realmOf, rootsAfter, type StoredRoot } from './root-keys.ts'
import { type ScrubEvent, type ScrubOptions, scrubStore } from './scrub-store.ts'
import { segmentsFolder } from './segment-path.ts'
import { SegmentPool } from './segment-pool.ts'
import type { StoreCore } from './store-core.ts'
import { ensureIdentity, type StoreIdentity, writeIdentity } from './store-file.ts'
import { type BlockStoreOptions, SILENT } from './store-options.ts'
import { StoreReader } from './store-reader.ts'
import { type StoreStats, storeStats } from './store-stats.ts'
import { Upload, type UploadOptions } from './upload.ts'
import { VerifiedBlocks } from './verified-blocks.ts'
import { type VerifyEvent, verifyStore } from './verify-store.ts'

export type { BlockStoreOptions, StoreLogger } from './store-options.ts'
export type { StoredRoot } from './root-keys.ts'
export type { CompactionOptions, CompactionResult, LastCompaction } from './compaction/compactor.ts'
export type { BlockState, DamageReason } from './check-block.ts'
export type { ScrubEvent, ScrubOptions } from './scrub-store.ts'
export type { StoreStats } from './store-stats.ts'
export type { Upload, UploadOptions } from './upload.ts'
export type { VerifyEvent, VerifyProblem } from './verify-store.ts'

const MEBIBYTE = 1024 * 1024
const READER_CHECK_MS = 60_000
const ROOTS_PAGE = 1_000

/**
 * The one writer of a store: append-only CARv1 segments and an LMDB index. What `commit`, `adoptRoot` or `release` acknowledged is on the disk.
 * Whoever opens it makes sure that nobody else does (the data folder's lock).
 */
export class BlockStore {
  readonly #core: StoreCore
  readonly #directory: string
  #identity: StoreIdentity
  readonly #writers = new Map<string, RealmWriter>()
  readonly #inFlight = new Set<string>()
  readonly #verified = new VerifiedBlocks()
  readonly #readerCheck: NodeJS.Timeout
  #onDamaged: ((report: { realm: string; cid: string }) => void) | undefined
  readonly #compactor: Compactor
  /** What the start found and did. */
  readonly recovery: Recovery

  private constructor(parts: { core: StoreCore; directory: string; identity: StoreIdentity; recovery: Recovery }) {
    this.#core = parts.core
    this.#directory = parts.directory
    this.#identity = parts.identity
    this.recovery = parts.recovery
    this.#compactor = new Compactor(parts.core, async (isWorth) => {
      for (const writer of this.#writers.values()) await writer.sealOpen(isWorth)
    })
    this.#readerCheck = setInterval(() => this.checkReaders(), READER_CHECK_MS).unref()
    const realms = new Set([...this.#core.index.segments().values()].map((meta) => meta.realm))
    for (const realm of realms) this.#writer(realm)
  }

  /**
   * Opens the store, or makes it. Recovers first: what was durable is rolled forward, torn tails are cut, and an index that is
   * missing, damaged or does not fit the segments is rebuilt from them.
   */
  static async open(options: BlockStoreOptions): Promise<BlockStore> {
    const { directory, logger = SILENT } = options
    await mkdir(segmentsFolder(directory), { recursive: true })
    const identity = await ensureIdentity(directory)
    const settings = {
      directory,
      segmentBytes: options.segmentBytes ?? 256 * MEBIBYTE,
      spillBytes: options.spillBytes ?? MEBIBYTE,
      sliceBlocks: options.sliceBlocks ?? 4_096,
      reserveBytes: options.reserveBytes ?? 4 * MEBIBYTE,
      now: options.now ?? Date.now,
    }
    const pool = new SegmentPool(directory)
    const { core, recovery } = await openIndex({
      settings,
      pool,
      logger,
      faults: options.faults ?? {},
      storeId: identity.id,
      noSync: options.noIndexSync ?? false,
    })
    await core.reserve.restore()
    const store = new BlockStore({ core, directory, identity, recovery })
    await store.#voidDropped()
    return store
  }

  // Before anybody is told that the store is open: a rebuilt index would look for what was dropped.
  async #voidDropped(): Promise<void> {
    const writing = this.recovery.dropped.map(
      ({ realm, ...marker }) =>
        new Promise<void>((resolve) => {
          this.#writer(realm).enqueue(new VoidItem(marker, resolve))
        }),
    )
    await Promise.all(writing)
  }

  /** A UUID, made when the store was made. */
  get id(): string {
    return this.#identity.id
  }

  get epoch(): number {
    return this.#identity.epoch
  }

  /** Durable when this resolves; a value that is not higher changes nothing. */
  async raiseEpoch(to: number): Promise<void> {
    if (!Number.isSafeInteger(to) || to <= this.#identity.epoch) return
    const identity = { ...this.#identity, epoch: to }
    await writeIdentity(this.#directory, identity)
    this.#identity = identity
  }

  #writer(realm: string): RealmWriter {
    let writer = this.#writers.get(realm)
    if (writer === undefined) {
      checkNames({ realm })
      this.#core.index.blocks(realm)
      writer = new RealmWriter(this.#core, realm)
      this.#writers.set(realm, writer)
    }
    return writer
  }

  /** Starts an upload. Its content id is in flight until it is aborted, has failed, or is settled. */
  beginUpload(options: UploadOptions): Upload {
    checkNames(options)
    const { contentId } = options
    this.#inFlight.add(contentId)
    return new Upload(options, {
      core: this.#core,
      realmWriter: this.#writer(options.realm),
      ended: (committed) => {
        if (!committed) this.#inFlight.delete(contentId)
      },
    })
  }

  /**
   * Takes a root on a DAG that is held already, in constant time. False when it is not held (the index is closed: a block that is held is held with
   * all below it). The content id is in flight until it is settled.
   * @throws HoldfastError `conflict` when the content id has a root.
   */
  async adoptRoot(options: { realm: string; contentId: string; cid: CID }): Promise<boolean> {
    checkNames(options)
    const { contentId, cid } = options
    // A list holds what others brought, and goes again as soon as they have their own roots.
    if (cid.code === LIST_CODEC) return false
    // Somebody else's mark is not ours to take away when this one fails.
    const isMine = !this.#inFlight.has(contentId)
    this.#inFlight.add(contentId)
    try {
      const adopted = await new Promise<boolean>((resolve, reject) => {
        this.#writer(options.realm).enqueue(new AdoptItem(contentId, cid.toV1(), undefined, { resolve, reject }))
      })
      if (!adopted && isMine) this.#inFlight.delete(contentId)
      return adopted
    } catch (error) {
      if (isMine) this.#inFlight.delete(contentId)
      throw error
    }
  }

  /**
   * Takes a content id's root away. When this resolves it is durable, and what nothing else holds has begun to go, the root block first.
   * False when there is no such root: releasing twice is harmless.
   */
  async release(contentId: string): Promise<boolean> {
    checkNames({ contentId })
    const realm = realmOf(this.#core.index, contentId)
    if (realm === undefined) return false
    return new Promise((resolve, reject) => {
      this.#writer(realm).enqueue(new ReleaseItem(contentId, { resolve, reject }))
    })
  }

  /** Whether this very block (codec included) is held, and so all below it, as the index stands now. */
  holds(realm: string, key: BlockKey): boolean {
    return this.#core.index.blocks(realm).doesExist(keyToBytes(key))
  }

  /** Whether the index should have this block and does not: `check` tells of it, `heal` and a rebuilt index bring it back. */
  isLost(block: { realm: string; cid: CID }): boolean {
    return isLost(this.#core, block)
  }

  /** The bytes of a block whose key has flipped in the index, if they are what its CID says: what `heal` needs. */
  readMisplaced({ realm, cid }: { realm: string; cid: CID }): Uint8Array | undefined {
    return readMisplaced(this.#core.index.blocks(realm), this.#core.pool, cid)
  }

  hasRoot(contentId: string): boolean {
    return hasOwner(this.#core.index, contentId)
  }

  /** All roots, page by page; roots that come or go meanwhile may be told or not. */
  async *roots(options: { realm?: string; addedBefore?: number } = {}): AsyncGenerator<StoredRoot> {
    for (let after: Buffer | undefined; ; ) {
      const page = rootsAfter(this.#core.index, after, ROOTS_PAGE)
      for (const root of page.roots) {
        if (options.realm !== undefined && root.realm !== options.realm) continue
        if (root.addedAt < (options.addedBefore ?? Number.POSITIVE_INFINITY)) yield root
      }
      if (page.last === undefined) return
      after = page.last
      await nextTurn()
    }
  }

  /** Content ids of uploads that are not ended, and of roots that the database has not been told of yet. */
  inFlight(): ReadonlySet<string> {
    return this.#inFlight
  }

  /** The database knows of this root now, or has refused it. */
  settle(contentId: string): void {
    this.#inFlight.delete(contentId)
  }

  /** Who is told when a reader of this process meets a block that is damaged. */
  reportDamageTo(listener: (report: { realm: string; cid: string }) => void): void {
    this.#onDamaged = listener
  }

  /** Reads in this process, from the writer's own index. Closing it is not needed. */
  reader(realm: 'public' | (string & {})): StoreReader {
    checkNames({ realm })
    this.#core.index.blocks(realm)
    const { environment } = this.#core.index
    return new StoreReader({
      environment,
      pool: this.#core.pool,
      realm,
      verified: this.#verified,
      onDamaged: (cid) => this.#onDamaged?.({ realm, cid: cid.toString() }),
      onClose: async () => {},
    })
  }

  /**
   * Bytes and number of the distinct blocks of a DAG that is held, by walking it. `undefined` when it is not held.
   * @throws HoldfastError `payload_too_large` for more than a million blocks that have links.
   */
  measure(options: { realm: string; cid: CID; signal?: AbortSignal }): Promise<DagMeasure | undefined> {
    return measureDag(this.#core, options)
  }

  async stats(): Promise<StoreStats> {
    return { ...(await storeStats(this.#core)), lastCompaction: this.#compactor.last }
  }

  /**
   * Rewrites segments that are mostly dead, so that their space comes back; in small steps, between which reads and writes have their turn.
   * Safe to be killed at any of them. What it cannot do now, the next pass does.
   * @throws HoldfastError `conflict` while another pass runs.
   */
  compact(options: CompactionOptions = {}): Promise<CompactionResult> {
    return this.#compactor.run(options)
  }

  /** Reads a block's place anew and hashes it, whatever was hashed before. Damage is noted: no process serves it, and the next upload of the block heals it. */
  check(options: { realm: string; cid: CID }): Promise<BlockState> {
    return checkBlock(this.#core, options.realm, options.cid)
  }

  /** Whether the block lies at a place that is known to be damaged; false also when it is not held. Reads no block. */
  isKnownDamaged({ realm, cid }: { realm: string; cid: CID }): boolean {
    const key = heldKey(this.#core, realm, cid)
    return key !== undefined && knownDamaged(this.#core, realm, new Map([[key, undefined]])).length > 0
  }

  /**
   * Hashes what the index points at, segment by segment, at a bounded rate, and notes what is damaged. Ends when every segment was looked at; with the cursor
   * of an earlier run it goes on behind it.
   */
  scrub(options: ScrubOptions): AsyncGenerator<ScrubEvent> {
    return scrubStore(this.#core, options)
  }

  /**
   * Writes a sound copy of a block that is held and points the index to it; durable when this resolves. False when the block is not held any more.
   * @throws HoldfastError `invalid_request` when the bytes are not what the CID says, `insufficient_storage`
   */
  heal(options: { realm: string; cid: CID; bytes: Uint8Array }): Promise<boolean> {
    checkNames(options)
    return healBlock(this.#core, this.#writer(options.realm), options)
  }

  /** Re-hashes everything and holds the index against it. */
  verify(): AsyncGenerator<VerifyEvent> {
    return verifyStore(this.#core)
  }

  /** Frees the slots of readers that died: call it when a worker exits. Also done at open and each minute. */
  checkReaders(): void {
    this.#core.index.environment.readerCheck()
  }

  /** Resolves when nothing is queued and every release is done to the end. */
  async idle(): Promise<void> {
    for (const writer of this.#writers.values()) await writer.idle()
    await this.#core.removalsDone()
  }

  /** Lets what was begun finish (uploads that are not committed are lost) and closes the index. */
  async close(): Promise<void> {
    clearInterval(this.#readerCheck)
    await this.#compactor.stop()
    for (const writer of this.#writers.values()) await writer.close()
    await this.#core.removalsDone()
    this.#core.pool.close()
    await this.#core.index.close()
  }
}
