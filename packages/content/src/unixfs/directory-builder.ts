import { HoldfastError } from '@packages/shared/holdfast-error'
import type { CID } from 'multiformats/cid'
import type { BlockSink } from '../block-source.ts'
import { dagPbCid } from './block-cid.ts'
import {
  type DirectoryLink,
  EMPTY_DIRECTORY_BYTES,
  encodeDirectory,
  encodeShard,
  linkBytes,
} from './directory-node-encode.ts'
import { buildHamt } from './hamt-layout.ts'
import type { DirectoryProfile } from './import-profile.ts'
import { sortByBytes } from './sort-by-bytes.ts'

/** Bitswap refuses larger blocks, and so does our store. */
const MAX_BLOCK_BYTES = 2 * 1024 * 1024

export type StoredDirectory = { cid: CID; dagBytes: number }

/** Turns the entries of one directory into blocks, as Kubo's `ipfs add -r` does. */
export class DirectoryBuilder {
  readonly #sink: BlockSink
  readonly #profile: DirectoryProfile
  #blocks = 0

  constructor(sink: BlockSink, profile: DirectoryProfile) {
    this.#sink = sink
    this.#profile = profile
  }

  /** Blocks given to the sink, repeated ones counted each time. */
  get blocks(): number {
    return this.#blocks
  }

  /**
   * Stores a directory of `names` (each once, in any order; the list is sorted here), whose entries `entry` answers.
   * @throws HoldfastError `invalid_request` when its block would be larger than 2 MiB
   */
  async build(names: string[], entry: (name: string) => Omit<DirectoryLink, 'name'>): Promise<StoredDirectory> {
    const link = (name: string): DirectoryLink => ({ name, ...entry(name) })
    if (!this.#isSharded(names, entry)) {
      sortByBytes(names)
      const links = names.map(link)
      return this.#store(encodeDirectory(links), links)
    }
    const fanout = this.#profile.hamtFanout
    let root: StoredDirectory | undefined
    await buildHamt(names, {
      fanout,
      link: (index) => link(names[index] as string),
      store: async (links, bitfield) => {
        root = await this.#store(encodeShard(links, bitfield, fanout), links)
        return { name: '', cid: root.cid.bytes, dagBytes: root.dagBytes }
      },
    })
    return root as unknown as StoredDirectory
  }

  #isSharded(names: readonly string[], entry: (name: string) => Omit<DirectoryLink, 'name'>): boolean {
    const { hamtThreshold, hamtEstimation, directoryMaxLinks = 0 } = this.#profile
    const tooMany = directoryMaxLinks > 0 && names.length > directoryMaxLinks
    // Kubo's threshold 0 turns sharding off, and a directory of too many entries then fails.
    if (hamtThreshold === 0 && tooMany)
      throw new HoldfastError('invalid_request', {
        detail: `A directory has more than ${directoryMaxLinks} entries, and hamtThreshold 0 forbids to shard it.`,
      })
    if (hamtThreshold === 0 || tooMany) return tooMany
    if (hamtEstimation === 'disabled') return false
    let size = hamtEstimation === 'block' ? EMPTY_DIRECTORY_BYTES : 0
    for (const name of names) {
      const { cid, dagBytes } = entry(name)
      const nameBytes = Buffer.byteLength(name)
      size += hamtEstimation === 'block' ? linkBytes(nameBytes, cid.length, dagBytes) : nameBytes + cid.length
      if (size > hamtThreshold) return true
    }
    return false
  }

  async #store(bytes: Uint8Array, links: readonly DirectoryLink[]): Promise<StoredDirectory> {
    if (bytes.length > MAX_BLOCK_BYTES)
      throw new HoldfastError('invalid_request', {
        detail: `A directory of ${links.length} entries would be a block of more than 2 MiB; let it be sharded.`,
      })
    const cid = dagPbCid(bytes, this.#profile.cidVersion)
    const dagBytes = links.reduce((sum, link) => sum + link.dagBytes, bytes.length)
    this.#blocks++
    const stored = this.#sink.put(cid, bytes)
    if (stored !== undefined) await stored
    return { cid, dagBytes }
  }
}
