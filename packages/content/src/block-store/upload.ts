import { HoldfastError } from '@packages/shared/holdfast-error'
import { CODEC_RAW } from '@packages/shared/cid'
import type { CID } from 'multiformats/cid'
import type { BlockSink } from '../block-source.ts'
import { DAG_LIMITS } from '../dag/dag-limits.ts'
import { BATCH_BLOCKS, type BufferedBlock } from './batch-item.ts'
import { CommitItem, type DagSize } from './batch-items.ts'
import { type BlockKey, blockKey, checkIdentity, isIdentity } from './block-key.ts'
import { blockLinks } from './block-links.ts'
import { BlockListWriter, LIST_CODEC } from './block-list.ts'
import { matchesHash } from './hash-block.ts'
import { OwnSegment } from './own-segment.ts'
import type { RealmWriter } from './realm-writer.ts'
import type { StoreCore } from './store-core.ts'
import { asStoreError } from './store-error.ts'

export type UploadOptions = {
  realm: string
  contentId: string
  signal?: AbortSignal
  /** Every block was hashed by our own importer just now: do not hash it again. */
  trusted?: boolean
}

const tooLarge = (): HoldfastError =>
  new HoldfastError('payload_too_large', { detail: 'A block may have 2 MiB at most.' })

export type UploadDeps = { core: StoreCore; realmWriter: RealmWriter; ended: (committed: boolean) => void }

/** One upload: invisible until `commit` resolves. Small ones stay in memory until then, larger ones get a segment. */
export class Upload implements BlockSink {
  readonly #options: UploadOptions
  readonly #deps: UploadDeps
  #state: 'open' | 'committing' | 'ended' = 'open'
  #buffered = new Map<BlockKey, BufferedBlock>()
  #bufferedBytes = 0
  #own: OwnSegment | undefined
  readonly #onAbort = (): void => void this.abort()

  constructor(options: UploadOptions, deps: UploadDeps) {
    this.#options = options
    this.#deps = deps
    options.signal?.addEventListener('abort', this.#onAbort, { once: true })
    if (options.signal?.aborted) this.#onAbort()
  }

  /**
   * Takes a block; `bytes` belong to the store from here on. A promise is returned only when the caller should wait.
   * @throws HoldfastError `invalid_request` when the bytes are not what the CID says, `unsupported_cid` for codecs and hashes that
   *   cannot be stored, `payload_too_large` above 2 MiB, `insufficient_storage`; the signal's reason when aborted.
   * @param known what `blockLinks` says of it, from a caller that has asked already
   */
  put(cid: CID, bytes: Uint8Array, known?: readonly BlockKey[]): Promise<void> | void {
    if (cid.code === LIST_CODEC)
      throw new HoldfastError('unsupported_cid', { detail: 'Lists are not taken from outside.' })
    return this.#take(cid, bytes, known)
  }

  #take(cid: CID, bytes: Uint8Array, known?: readonly BlockKey[]): Promise<void> | void {
    this.#throwIfEnded()
    if (isIdentity(cid)) {
      checkIdentity(cid)
      return
    }
    if (bytes.length > DAG_LIMITS.maxBlockBytes) throw tooLarge()
    const key = blockKey(cid)
    if (this.#own?.has(key) || this.#buffered.has(key)) return
    if (!this.#options.trusted && !matchesHash(cid.multihash, bytes))
      throw new HoldfastError('invalid_request', { detail: `A block does not match its CID ${cid}.` })
    const links = known ?? blockLinks(cid.code, bytes, this.#options.realm)
    if (this.#own === undefined) this.#buffer({ key, bytes, links, location: undefined })
    else this.#appendOwn(this.#own, key, bytes, links)
    if (this.#own?.full) return this.#own.drained().catch((error: unknown) => this.#failed(error))
  }

  /**
   * As `put`, for a raw block of `length` bytes that lies in pieces: a large upload writes them as they are. Others are
   * joined first, and so are all when the caller's hashes are not trusted.
   */
  putParts(cid: CID, parts: readonly Uint8Array[], length: number): Promise<void> | void {
    const own = this.#own
    if (own === undefined || !this.#options.trusted || cid.code !== CODEC_RAW || isIdentity(cid))
      return this.put(cid, Buffer.concat(parts, length))
    this.#throwIfEnded()
    if (length > DAG_LIMITS.maxBlockBytes) throw tooLarge()
    const key = blockKey(cid)
    if (own.has(key)) return
    // A record whose length lies would take the rest of the segment with it.
    if (parts.reduce((sum, part) => sum + part.length, 0) !== length) throw new RangeError('pieces of another length')
    this.#deps.core.reserve.check()
    own.appendParts(key, parts, length)
    if (own.full) return own.drained().catch((error: unknown) => this.#failed(error))
  }

  /** A list of CIDs as blocks of this upload: commit what its `finish` tells, and one root holds them all. */
  beginList(): BlockListWriter {
    return new BlockListWriter({ put: (cid, bytes) => this.#take(cid, bytes) })
  }

  #throwIfEnded(): void {
    this.#options.signal?.throwIfAborted()
    if (this.#state !== 'open') throw new HoldfastError('conflict', { detail: 'The upload has ended.' })
  }

  #buffer(block: BufferedBlock): void {
    this.#buffered.set(block.key, block)
    this.#bufferedBytes += block.bytes.length
    if (this.#bufferedBytes <= this.#deps.core.settings.spillBytes && this.#buffered.size <= BATCH_BLOCKS) return
    this.#deps.core.reserve.check()
    const own = new OwnSegment(this.#deps.core, this.#options.realm)
    for (const { key, bytes, links } of this.#buffered.values()) own.append(key, bytes, links)
    this.#own = own
    this.#buffered = new Map()
  }

  #appendOwn(own: OwnSegment, key: BlockKey, bytes: Uint8Array, links: readonly BlockKey[]): void {
    this.#deps.core.reserve.check()
    own.append(key, bytes, links)
  }

  async #failed(error: unknown): Promise<never> {
    await this.abort()
    throw asStoreError(error)
  }

  /**
   * Makes the DAG below `root` durable and visible, under the upload's content id. Whatever else was put is dropped.
   * @param known bytes and number of the distinct blocks below `root`, from a caller that has found them whole: the upload may then hold blocks
   *   that are not below it, and these may lack some of theirs.
   * @returns `known`, or bytes and number of the distinct blocks that were put.
   * @throws HoldfastError `invalid_request` when the DAG is not whole, `conflict`, `insufficient_storage`. Nothing is left of the upload then.
   */
  async commit(root: CID, known?: DagSize): Promise<DagSize> {
    this.#throwIfEnded()
    this.#state = 'committing'
    const { realm, contentId } = this.#options
    try {
      const size =
        this.#own === undefined
          ? await this.#commitBuffered(root, known)
          : await this.#own.commit({ realm, contentId, cid: root.toV1() }, this.#deps.realmWriter, known)
      this.#end(true)
      return size
    } catch (error) {
      await this.#discard()
      this.#end(false)
      throw asStoreError(error)
    }
  }

  #commitBuffered(root: CID, known: DagSize | undefined): Promise<DagSize> {
    return new Promise((resolve, reject) => {
      const upload = { contentId: this.#options.contentId, root, blocks: this.#buffered, known }
      this.#deps.realmWriter.enqueue(new CommitItem(upload, { resolve, reject }))
    })
  }

  /** Drops everything. Without effect once `commit` was called. */
  async abort(): Promise<void> {
    if (this.#state !== 'open') return
    this.#state = 'ended'
    await this.#discard()
    this.#end(false)
  }

  #end(committed: boolean): void {
    this.#state = 'ended'
    this.#buffered = new Map()
    this.#options.signal?.removeEventListener('abort', this.#onAbort)
    this.#deps.ended(committed)
  }

  async #discard(): Promise<void> {
    const own = this.#own
    this.#own = undefined
    if (own === undefined || own.isIndexed) return
    // The next start removes what cannot be removed now.
    await own.discard().catch((error: unknown) => this.#deps.core.logger.warn({ err: error }, 'a segment is left over'))
  }
}
