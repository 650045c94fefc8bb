import type { CID } from 'multiformats/cid'
import { blockKey } from '../block-store/block-key.ts'
import type { BlockSource } from '../block-source.ts'
import type { BlockCache } from '../cache/block-cache.ts'
import { withSignal } from './with-signal.ts'

/** Content that lies on nodes, read from here. */
export type FarBlocks = {
  /**
   * Verified blocks of what these nodes have confirmed; of private content its ciphertexts, by the CIDs of the own store. Who asks has made sure that the content
   * may be read.
   */
  from(holders: readonly string[], realm?: FarRealm): BlockSource
}

export type FarRealm = 'public' | 'private'

export type ReadThroughOptions = {
  /** The nodes' blocks, these nodes first; verified, and never from the network. Private content is asked of private nodes alone. */
  nodes(holders: readonly string[], realm: FarRealm): BlockSource
  /** Where blocks of public content are kept; null where this process may not write. */
  cache: Pick<BlockCache, 'get' | 'keep'> | null
}

/** Fetches at the same time; what is beyond waits. */
const AT_ONCE = 64
/** Sources that are remembered, with the order that their nodes have shown to be good. */
const SOURCES = 256

/** Reads on to the nodes for what is not here, keeps it, and asks once for what many want at the same time. */
export class ReadThrough implements FarBlocks {
  readonly #options: ReadThroughOptions
  readonly #sources = new Map<string, BlockSource>()
  readonly #fetching = new Map<string, Promise<Uint8Array | undefined>>()
  readonly #waiting: (() => void)[] = []
  #running = 0
  #fetched = 0

  constructor(options: ReadThroughOptions) {
    this.#options = options
  }

  /** Blocks that nodes have given since the start. */
  get fetchedBlocks(): number {
    return this.#fetched
  }

  /** There are other nodes now: sources are made anew. */
  forget(): void {
    this.#sources.clear()
  }

  from(holders: readonly string[], realm: FarRealm = 'public'): BlockSource {
    return {
      get: async (cid, options) => {
        options?.signal?.throwIfAborted()
        // Ciphertexts come home as a whole (`HomeCopies`), or not at all.
        const kept = realm === 'public' ? await this.#options.cache?.get(cid) : undefined
        return kept ?? (await withSignal(this.#fetchOnce(cid, holders, realm), options?.signal))
      },
    }
  }

  /** For all who ask: none of them can call it off for the others, and the nodes have a time limit. */
  #fetchOnce(cid: CID, holders: readonly string[], realm: FarRealm): Promise<Uint8Array | undefined> {
    const nodes = `${realm} ${[...holders].sort().join()}`
    const key = `${nodes} ${blockKey(cid)}`
    const known = this.#fetching.get(key)
    if (known !== undefined) return known
    const fetched = this.#fetch(cid, this.#sourceOf(nodes, holders, realm), realm).finally(() =>
      this.#fetching.delete(key),
    )
    this.#fetching.set(key, fetched)
    return fetched
  }

  async #fetch(cid: CID, source: BlockSource, realm: FarRealm): Promise<Uint8Array | undefined> {
    if (this.#running < AT_ONCE) this.#running++
    else await new Promise<void>((resolve) => this.#waiting.push(resolve))
    try {
      const bytes = await source.get(cid)
      if (bytes === undefined) return undefined
      this.#fetched++
      if (realm === 'public') this.#options.cache?.keep(cid, bytes)
      return bytes
    } finally {
      // The next one takes its place.
      const next = this.#waiting.shift()
      if (next === undefined) this.#running--
      else next()
    }
  }

  #sourceOf(key: string, holders: readonly string[], realm: FarRealm): BlockSource {
    const source = this.#sources.get(key) ?? this.#options.nodes(holders, realm)
    this.#sources.delete(key)
    this.#sources.set(key, source)
    const oldest = this.#sources.keys().next().value
    if (this.#sources.size > SOURCES && oldest !== undefined) this.#sources.delete(oldest)
    return source
  }
}
