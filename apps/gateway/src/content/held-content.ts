import type { BlockSource } from '@packages/content/block-source'
import { NotAFileError } from '@packages/content/unixfs/dag-errors'
import { readSymlink } from '@packages/content/unixfs/read-symlink'
import { canonicalCid, CODEC_RAW } from '@packages/shared/cid'
import type { CID } from 'multiformats/cid'
import { ContentGone, CorruptBlock } from './block-errors.ts'
import { blockContent } from './block-content.ts'
import type { Content } from './content.ts'
import type { HeldBlocks } from './held-blocks.ts'
import { HeldDirectories, heldSource, type TakeBuffer } from './held-directories.ts'
import { withIdentity } from './identity-blocks.ts'
import { wholeBody } from './whole-body.ts'
import { openTreeContent } from './tree-content.ts'
import { SecondLooks } from './second-looks.ts'
import { SNIFFED_BYTES, sniffContentType } from './sniff-content-type.ts'
import { WeightedCache } from './weighted-cache.ts'

/** Files up to this size are kept in memory whole. */
export const HOT_FILE_BYTES = 256 * 1024
const DIRECTORIES: ReadonlySet<string> = new Set(['directory', 'hamt-sharded-directory'])

/** What an entry costs beside its body. */
const ENTRY_BYTES = 1024

export type HeldFile = {
  content: Content
  sniffedType: string
  /** Its first bytes are not held. */
  isIncomplete?: true
}

/** What paths are looked up in. */
export type FileTree = {
  readonly directories: HeldDirectories
  /** A UnixFS file, and for a UnixFS directory the word. */
  fileOrDirectory(cid: CID): HeldFile | Promise<HeldFile | 'directory'>
  /** A block as it is, where blocks are handed out. */
  block?(cid: CID): Content | Promise<Content>
}

/** What public paths are looked up in, in every format. */
export type ServedTree = FileTree & {
  /** Blocks that are read whole. */
  readonly source: BlockSource
  /** The same for one reader that goes from block to block, by room that is taken again (see `heldSource`). */
  sourceInto?(take: TakeBuffer): BlockSource
  holds(cid: CID): boolean | Promise<boolean>
  /** A block as it is. `holds` must have been asked. @throws ContentGone */
  block(cid: CID): Content | Promise<Content>
}

/** What `open` opens, and the word when that is a UnixFS directory. */
export const orDirectory = async (open: () => Promise<HeldFile>): Promise<HeldFile | 'directory'> => {
  try {
    return await open()
  } catch (error) {
    if (error instanceof NotAFileError && DIRECTORIES.has(error.kind)) return 'directory'
    throw error
  }
}

export type HeldContentOptions = {
  /** Memory for small files and the layouts of large ones. */
  hotBytes: number
  onCorrupt(cid: string): void
}

/** What one worker serves: asks the index what is held, and remembers what it has read more than once. */
export class HeldContent implements ServedTree {
  readonly directories: HeldDirectories
  /** Blocks that are read whole. */
  readonly source: BlockSource
  readonly #blocks: HeldBlocks
  readonly #files: WeightedCache<HeldFile>
  readonly #looks = new SecondLooks()
  readonly #opening = new Map<string, Promise<HeldFile>>()

  constructor(blocks: HeldBlocks, options: HeldContentOptions) {
    this.#blocks = withIdentity(reporting(blocks, options.onCorrupt))
    this.source = heldSource(this.#blocks)
    this.directories = new HeldDirectories(this.source)
    this.#files = new WeightedCache(options.hotBytes)
  }

  /** The access decision of mode `pinned`: asked of the index each time, so that what was released is gone at once. */
  holds(cid: CID): boolean {
    return this.#blocks.sizeOf(cid) !== undefined
  }

  /** The content of a file that is remembered, by canonical CID. */
  cached(canonical: string): Content | undefined {
    return this.#files.get(canonical)?.content
  }

  sourceInto(take: TakeBuffer): BlockSource {
    return heldSource(this.#blocks, take)
  }

  /**
   * A UnixFS file. `holds` must have been asked for this request.
   * @throws HoldfastError `not_supported` for other UnixFS nodes; ContentGone, CorruptBlock, MalformedFile
   */
  file(cid: CID): HeldFile | Promise<HeldFile> {
    const key = canonicalCid(cid)
    const known = this.#files.get(key)
    if (known !== undefined) return known
    const opening = this.#opening.get(key)
    if (opening !== undefined) return opening
    const opened = this.#open(cid)
    if (opened instanceof Promise) return this.#whenOpen(key, opened)
    if (this.#looks.seen(key)) this.#files.set(key, opened, weigh(opened.content))
    return opened
  }

  async #whenOpen(key: string, opened: Promise<HeldFile>): Promise<HeldFile> {
    this.#opening.set(key, opened)
    try {
      const file = await opened
      // `forget` came in between: serve it to those who asked before, and remember nothing.
      if (this.#opening.get(key) === opened && file.isIncomplete !== true && this.#looks.seen(key))
        this.#files.set(key, file, weigh(file.content))
      return file
    } finally {
      if (this.#opening.get(key) === opened) this.#opening.delete(key)
    }
  }

  /** As `file`, and for a UnixFS directory the word. */
  fileOrDirectory(cid: CID): HeldFile | Promise<HeldFile | 'directory'> {
    const file = this.file(cid)
    return file instanceof Promise ? orDirectory(() => file) : file
  }

  /** A block as it is. @throws ContentGone */
  block(cid: CID): Content {
    const size = this.#blocks.sizeOf(cid)
    if (size === undefined) throw new ContentGone(`the block ${cid} is not held any more`)
    return blockContent(this.#blocks, cid, size)
  }

  /** Drops what is remembered of a root. */
  forget(canonical: string): void {
    this.#files.delete(canonical)
    this.#opening.delete(canonical)
  }

  /** Drops everything that is remembered: what a file is made of may be denied now. */
  forgetAll(): void {
    this.#files.clear()
    this.#opening.clear()
  }

  async #treeOf(cid: CID): Promise<Content> {
    try {
      return await openTreeContent(under(cid, this.#blocks), cid)
    } catch (error) {
      if (!(error instanceof NotAFileError) || error.kind !== 'symlink') throw error
      return wholeBody(Buffer.from(readSymlink(cid, (await this.source.get(cid)) ?? new Uint8Array())))
    }
  }

  #open(cid: CID): HeldFile | Promise<HeldFile> {
    if (cid.code !== CODEC_RAW) return this.#treeOf(cid).then((content) => this.#openContent(content, headOf(content)))
    // What is one block is looked up and read in one turn.
    const content = this.block(cid)
    const head = headOf(content)
    const isRead = head.length === content.size && this.#blocks.readNow?.(cid, head) === true
    return isRead ? opened(content, head) : this.#openContent(content, head)
  }

  async #openContent(content: Content, head: Buffer): Promise<HeldFile> {
    try {
      if (head.length > 0) await content.read(0, head)
    } catch (error) {
      // Parts of it may be held all the same, and ranges of them are served.
      if (error instanceof ContentGone) return { content, sniffedType: 'application/octet-stream', isIncomplete: true }
      throw error
    }
    return opened(content, head)
  }
}

/** Room for as much of a file's start as is looked at, and for all of one that is kept in memory. */
const headOf = ({ size }: Content): Buffer =>
  Buffer.allocUnsafeSlow(Math.min(size, size <= HOT_FILE_BYTES ? size : SNIFFED_BYTES))

const opened = (content: Content, head: Buffer): HeldFile | Promise<HeldFile> => {
  const file = (sniffedType: string): HeldFile => ({
    content: head.length === content.size ? wholeBody(head) : content,
    sniffedType,
  })
  const type = sniffContentType(head.length > SNIFFED_BYTES ? head.subarray(0, SNIFFED_BYTES) : head)
  return typeof type === 'string' ? file(type) : type.then(file)
}

/** Blocks of a file that is read piece by piece: what its root is denied by meanwhile ends that. */
const under = (root: CID, blocks: HeldBlocks): HeldBlocks => ({
  ...blocks,
  read: async (cid, from, target) => {
    blocks.sizeOf(root)
    await blocks.read(cid, from, target)
  },
  extentOf: (cid, from, length) => {
    blocks.sizeOf(root)
    return blocks.extentOf(cid, from, length)
  },
  readNow: () => false,
})

const weigh = (content: Content): number => ENTRY_BYTES + (content.body?.length ?? content.layoutBytes ?? 0)

/** The same blocks, with a report of each one that is corrupt. */
const reporting = (blocks: HeldBlocks, onCorrupt: (cid: string) => void): HeldBlocks => {
  const report = (error: unknown): never => {
    if (error instanceof CorruptBlock) onCorrupt(error.cid)
    throw error
  }
  const reported = <T>(ask: () => T): T => {
    try {
      return ask()
    } catch (error) {
      return report(error)
    }
  }
  return {
    sizeOf: (cid) => reported(() => blocks.sizeOf(cid)),
    extentOf: (cid, from, length) => reported(() => blocks.extentOf(cid, from, length)),
    countsOf: (cid) => blocks.countsOf(cid),
    close: () => blocks.close(),
    read: (cid, from, target) => blocks.read(cid, from, target).catch(report),
    readNow: (cid, target) => blocks.readNow?.(cid, target) === true,
  }
}
