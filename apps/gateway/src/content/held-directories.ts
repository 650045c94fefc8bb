import type { BlockSource } from '@packages/content/block-source'
import { type DirectoryEntry, listDirectory, lookUp } from '@packages/content/unixfs/directory-reader'
import { type ResolvedPath, resolvePath } from '@packages/content/unixfs/resolve-path'
import { CODEC_RAW } from '@packages/shared/cid'
import { HoldfastError } from '@packages/shared/holdfast-error'
import type { CID } from 'multiformats/cid'
import type { HeldBlocks } from './held-blocks.ts'

/** As deep as folders may be that are uploaded here: each level can be a block of 2 MiB to look through. */
const MAX_LEVELS = 64
/** How long one request may look through directories. */
const LOOK_MS = 10_000

/** Room for so many bytes. */
export type TakeBuffer = (bytes: number) => Buffer

/** Held blocks, read whole. `take`: where a raw block is put, whose bytes are looked at by nobody who asks for another afterwards. */
export const heldSource = (blocks: HeldBlocks, take: TakeBuffer = Buffer.allocUnsafeSlow): BlockSource => ({
  get: async (cid) => {
    const size = blocks.sizeOf(cid)
    if (size === undefined) return undefined
    const block = cid.code === CODEC_RAW ? take(size) : Buffer.allocUnsafeSlow(size)
    await blocks.read(cid, 0, block)
    return block
  },
})

/** The UnixFS directories that one worker serves, basic and sharded. */
export class HeldDirectories {
  readonly #source: BlockSource
  readonly #lookMs: number

  /** @param lookMs for where each block takes its time */
  constructor(source: BlockSource, lookMs = LOOK_MS) {
    this.#source = source
    this.#lookMs = lookMs
  }

  /**
   * What the names lead to from a root: the root, what each link on the way led to, and the target last.
   * @throws HoldfastError `not_found`, `not_supported`, NotADirectoryError, InvalidDagError, DagLimitError, CorruptBlock
   */
  async resolve(root: CID, names: readonly string[]): Promise<CID[]> {
    return (await this.walk(root, names)).roots
  }

  /** As `resolve`, with the blocks that were read on the way. */
  async walk(root: CID, names: readonly string[]): Promise<ResolvedPath> {
    if (names.length > MAX_LEVELS)
      throw new HoldfastError('not_supported', { detail: `A path has ${MAX_LEVELS} levels at most.` })
    const path = await resolvePath(this.#source, root, names, { signal: deadline(this.#lookMs) })
    // Path gateway specification, "Traversing through DAG-JSON and DAG-CBOR".
    if (path.remainder.length > 0)
      throw new HoldfastError('not_supported', { detail: 'The path ends in a field that is no link.' })
    return path
  }

  /** The entry of this name, or undefined. @throws as `resolve` */
  async find(directory: CID, name: string): Promise<CID | undefined> {
    return (await lookUp(this.#source, directory, name, { signal: deadline(this.#lookMs) }))?.cid
  }

  /** All entries, sorted by name. @throws HoldfastError `not_supported` above `limit` of them, and as `resolve` */
  async entries(directory: CID, limit: number): Promise<DirectoryEntry[]> {
    const listed: DirectoryEntry[] = []
    const entries: AsyncIterable<DirectoryEntry> = listDirectory(this.#source, directory, {
      signal: deadline(this.#lookMs),
    })
    for await (const entry of entries) {
      if (listed.length === limit)
        throw new HoldfastError('not_supported', {
          detail: `The directory has more than ${limit} entries; ask for them by their paths.`,
        })
      listed.push(entry)
    }
    return listed.toSorted((a, b) => (a.name < b.name ? -1 : 1))
  }
}

/** Fires with what the caller is told. */
const deadline = (ms: number): AbortSignal => {
  const late = new AbortController()
  const detail = 'It takes too long to look through these directories.'
  setTimeout(() => late.abort(new HoldfastError('not_supported', { detail })), ms).unref()
  return late.signal
}
