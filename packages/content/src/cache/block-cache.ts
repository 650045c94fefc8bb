import { randomUUIDv7 } from 'node:crypto'
import type { MinimalLogger } from '@packages/runtime/minimal-logger'
import type { CID } from 'multiformats/cid'
import { type BlockKey, blockKey, isIdentity } from '../block-store/block-key.ts'
import { decodeBlockList } from '../block-store/block-list.ts'
import type { BlockStore } from '../block-store/block-store.ts'
import { CacheLists } from './cache-lists.ts'

/**
 * What was read from nodes and may go at any time. Apart from `cache`, whose blocks the gateway serves as they are: of these each reader has to be told
 * by the database that the content is held still.
 */
export const NODE_CACHE_REALM = 'cache:nodes'
/** What strangers in the network gave to a gateway in mode `open`, and what may go at any time. */
export const NETWORK_CACHE_REALM = 'cache:network'

export type BlockCacheOptions = {
  /** The nodes' by default. */
  realm?: typeof NODE_CACHE_REALM | typeof NETWORK_CACHE_REALM
  store: Pick<BlockStore, 'beginUpload' | 'release' | 'settle' | 'roots' | 'reader'>
  /** What all of it may have; 0 keeps nothing. */
  maxBytes: number
  /** Whether the disk has so many bytes that nobody needs more. */
  hasRoom: (bytes: number) => Promise<boolean>
  logger: MinimalLogger
}

/** Blocks that were read together go together. */
const LIST_BYTES = 4 * 1024 * 1024
const LIST_BLOCKS = 256
/** What is not written yet; more is served and not kept. */
const WAITING_BYTES = 32 * 1024 * 1024
const WRITE_AFTER_MS = 200

type Waiting = { cid: CID; bytes: Uint8Array }

/**
 * Keeps verified blocks in the store's realm for them, in lists of some MiB, and lets the least recently used lists go for new ones. What is not written yet is read
 * from memory. A list is there whole or not at all: it is one upload of the store.
 */
export class BlockCache {
  readonly #options: BlockCacheOptions
  readonly #realm: string
  readonly #reader: ReturnType<BlockStore['reader']>
  readonly #lists = new CacheLists()
  readonly #waiting = new Map<BlockKey, Waiting>()
  #waitingBytes = 0
  #timer: NodeJS.Timeout | undefined
  /** One at a time changes what is kept. */
  #turn: Promise<unknown> = Promise.resolve()

  constructor(options: BlockCacheOptions) {
    this.#options = options
    this.#realm = options.realm ?? NODE_CACHE_REALM
    this.#reader = options.store.reader(this.#realm)
  }

  /** Finds again what was kept before, and holds it to its bound. */
  async start(): Promise<void> {
    const { store } = this.#options
    const roots = (await Array.fromAsync(store.roots({ realm: this.#realm }))).sort(
      (a, b) => a.addedAt - b.addedAt || (a.contentId < b.contentId ? -1 : 1),
    )
    for (const { contentId, cid, bytes } of roots) {
      const list = await this.#reader.get(cid).catch(() => undefined)
      if (list === undefined) {
        await store.release(contentId)
        continue
      }
      const cids = decodeBlockList(list)
      this.#lists.add(contentId, { bytes: bytes ?? this.#measure(cids), keys: cids.map(blockKey) })
    }
    await this.evict()
  }

  /** Bytes of the blocks that are kept. */
  get bytes(): number {
    return this.#lists.bytes
  }

  /** The verified bytes of a block; undefined when it is not kept, and when it is damaged: then its list goes. */
  async get(cid: CID): Promise<Uint8Array | undefined> {
    const key = blockKey(cid)
    const waiting = this.#waiting.get(key)
    if (waiting !== undefined) return waiting.bytes
    const list = this.#lists.use(key)
    if (list === undefined) return undefined
    try {
      return await this.#reader.get(cid)
    } catch (err) {
      this.#options.logger.warn({ err, cid: cid.toString() }, 'a cached block is damaged; it is fetched again')
      await this.#inTurn(() => this.#drop(list))
      return undefined
    }
  }

  /** Takes a block whose bytes were hashed; it may be dropped at any time. */
  keep(cid: CID, bytes: Uint8Array): void {
    const { maxBytes } = this.#options
    const key = blockKey(cid)
    if (isIdentity(cid) || bytes.length > maxBytes || this.#waiting.has(key) || this.#lists.has(key)) return
    if (this.#waitingBytes + bytes.length > WAITING_BYTES) return
    this.#waiting.set(key, { cid, bytes })
    this.#waitingBytes += bytes.length
    if (this.#waitingBytes >= LIST_BYTES || this.#waiting.size >= LIST_BLOCKS) void this.flush()
    else this.#timer ??= setTimeout(() => void this.flush(), WRITE_AFTER_MS).unref()
  }

  /** Writes what waits. What cannot be written is dropped: nodes have it. */
  flush(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    return this.#inTurn(async () => {
      while (this.#waiting.size > 0) {
        const blocks = this.#take()
        await this.#write(blocks).catch((err: unknown) =>
          this.#options.logger.warn({ err }, 'blocks that were fetched could not be kept'),
        )
        for (const { cid, bytes } of blocks) if (this.#waiting.delete(blockKey(cid))) this.#waitingBytes -= bytes.length
      }
    })
  }

  /** Lets the least recently used go until `maxBytes` are left at most. @returns how many bytes went; compaction gives their space back */
  evict(maxBytes = this.#options.maxBytes): Promise<number> {
    return this.#inTurn(() => this.#evict(maxBytes))
  }

  async stop(): Promise<void> {
    await this.flush()
  }

  /** Where a rebuilt index does not tell. */
  #measure(cids: readonly CID[]): number {
    return cids.reduce((sum, cid) => sum + (this.#reader.locate(cid)?.length ?? 0), 0)
  }

  #inTurn<T>(run: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(run)
    this.#turn = result.catch(() => undefined)
    return result
  }

  #take(): Waiting[] {
    const blocks: Waiting[] = []
    let bytes = 0
    for (const block of this.#waiting.values()) {
      bytes += block.bytes.length
      if (blocks.length === LIST_BLOCKS || (blocks.length > 0 && bytes > Math.min(LIST_BYTES, this.#options.maxBytes)))
        break
      blocks.push(block)
    }
    return blocks
  }

  async #write(blocks: readonly Waiting[]): Promise<void> {
    const { store, maxBytes, hasRoom } = this.#options
    const bytes = blocks.reduce((sum, block) => sum + block.bytes.length, 0)
    if (!(await hasRoom(bytes))) return
    // First, so that there is never more than the bound.
    await this.#evict(maxBytes - bytes)
    const contentId = randomUUIDv7()
    const upload = store.beginUpload({ realm: this.#realm, contentId, trusted: true })
    try {
      const list = upload.beginList()
      for (const { cid, bytes: block } of blocks) {
        await upload.put(cid, block)
        await list.add(cid)
      }
      await upload.commit(await list.finish(), { dagSize: bytes, blocks: blocks.length })
    } finally {
      await upload.abort()
      store.settle(contentId)
    }
    this.#lists.add(contentId, { bytes, keys: blocks.map(({ cid }) => blockKey(cid)) })
  }

  async #evict(maxBytes: number): Promise<number> {
    const before = this.#lists.bytes
    for (let id = this.#lists.oldest; id !== undefined && this.#lists.bytes > maxBytes; id = this.#lists.oldest)
      await this.#drop(id)
    return before - this.#lists.bytes
  }

  async #drop(id: string): Promise<void> {
    this.#lists.delete(id)
    await this.#options.store.release(id)
  }
}
