import { CODEC_DAG_PB, HASH_IDENTITY } from '@packages/shared/cid'
import type { CID } from 'multiformats/cid'
import type { BlockSource } from '../block-source.ts'
import { DagLimitError, InvalidDagError, MissingBlockError } from './dag-errors.ts'
import { decodeFileNode, type FileNode } from './file-node-decode.ts'
import { READ_LIMITS, type ReadLimits } from './read-limits.ts'

export type BlockLoaderOptions = { signal?: AbortSignal; limits?: Partial<ReadLimits> }

/** Loads the blocks of one file for one reader, and keeps account of what they cost. */
export class BlockLoader {
  readonly limits: ReadLimits
  readonly #source: BlockSource
  readonly #signal: AbortSignal | undefined
  #loaded = 0
  #fileBytes = 0

  constructor(source: BlockSource, { signal, limits }: BlockLoaderOptions = {}) {
    this.#source = source
    this.#signal = signal
    this.limits = { ...READ_LIMITS, ...limits }
  }

  /** Counts bytes of the file that the loaded blocks have given. */
  account(fileBytes: number): void {
    this.#fileBytes += fileBytes
  }

  /** @throws MissingBlockError; DagLimitError when the blocks hold too little of the file; the signal's reason. */
  async block(cid: CID): Promise<Uint8Array> {
    this.#signal?.throwIfAborted()
    const { freeBlocks, minBytesPerBlock } = this.limits
    if (++this.#loaded > freeBlocks + this.#fileBytes / minBytesPerBlock)
      throw new DagLimitError(cid, `the file is cut into pieces of less than ${minBytesPerBlock} bytes`)
    if (cid.multihash.code === HASH_IDENTITY) return cid.multihash.digest
    const bytes = await this.#source.get(cid, this.#signal === undefined ? undefined : { signal: this.#signal })
    if (bytes === undefined) throw new MissingBlockError(cid)
    return bytes
  }

  /** Loads a child of a node that claims that it holds `size` bytes of the file. */
  async child(cid: CID, size: number): Promise<FileNode> {
    const node = decodeFileNode(cid, await this.block(cid), this.limits.maxLinks)
    if (node.size !== size) throw new InvalidDagError(cid, `it holds ${node.size} bytes where ${size} are claimed`)
    return node
  }
}

/** Whether a block of this CID may have children. */
export const mayHaveLinks = (cid: CID): boolean => cid.code === CODEC_DAG_PB
