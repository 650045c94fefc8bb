import type { BlockSource } from '@packages/content/block-source'
import { NotAFileError } from '@packages/content/unixfs/dag-errors'
import { readSymlink } from '@packages/content/unixfs/read-symlink'
import type { CID } from 'multiformats/cid'
import type { Denylist } from '../denylist/denylist.ts'
import { denyingSource } from '../denylist/denying-source.ts'
import type { FarQuestions } from '../worker/far-questions.ts'
import { type HeldFile, orDirectory, type ServedTree } from './held-content.ts'
import { wholeBody } from './whole-body.ts'
import { HeldDirectories } from './held-directories.ts'
import { inlineBytes } from './identity-blocks.ts'
import { keepingLastBlocks } from './last-blocks.ts'
import { sniffContentType } from './sniff-content-type.ts'
import { openSourceFile } from './source-file.ts'

export type FarTreesDeps = {
  questions: Pick<FarQuestions, 'find' | 'block' | 'ciphertext'>
  denylist: Pick<Denylist, 'checkBlock'>
}

/** Content that the own store has let go and nodes have, for one request: nothing of it is remembered for the next one. */
export class FarTrees {
  readonly #deps: FarTreesDeps

  constructor(deps: FarTreesDeps) {
    this.#deps = deps
  }

  /** Undefined for what may not be read. @throws HoldfastError `unavailable`; what the denylist says */
  async open(cid: CID): Promise<ServedTree | undefined> {
    const { questions, denylist } = this.#deps
    denylist.checkBlock(cid)
    if (inlineBytes(cid) !== undefined) return undefined
    const root = await questions.find(cid)
    if (root === undefined) return undefined
    const source: BlockSource = {
      get: async (asked, options) => {
        options?.signal?.throwIfAborted()
        return inlineBytes(asked) ?? (await questions.block(root, asked))
      },
    }
    return farTree(keepingLastBlocks(denyingSource(source, denylist, cid)), denylist)
  }

  /** Ciphertexts of one private content, those that the own store has (`own`) from there. Who asks has been granted the content. */
  ciphertexts(own: BlockSource, contentId: string): BlockSource {
    const { questions } = this.#deps
    return {
      get: async (cid, options) => {
        const here = await own.get(cid, options).catch((problem: unknown) => {
          options?.signal?.throwIfAborted()
          return { problem }
        })
        if (here !== undefined && !('problem' in here)) return here
        const bytes = await questions.ciphertext(contentId, cid)
        if (bytes === undefined && here !== undefined) throw here.problem
        return bytes
      },
    }
  }
}

/** For one request: what is read of it is not remembered for the next one. */
export const farTree = (source: BlockSource, denylist: FarTreesDeps['denylist'], lookMs?: number): ServedTree => ({
  source,
  directories: new HeldDirectories(source, lookMs),
  holds: async (cid) => (await source.get(cid)) !== undefined,
  block: async (cid) => wholeBody(Buffer.from((await source.get(cid)) ?? [])),
  fileOrDirectory: (cid) => orDirectory(() => fileOf(denyingSource(source, denylist, cid), cid)),
})

const fileOf = async (source: BlockSource, cid: CID): Promise<HeldFile> => {
  try {
    return await openSourceFile(source, cid)
  } catch (error) {
    if (!(error instanceof NotAFileError) || error.kind !== 'symlink') throw error
    const body = Buffer.from(readSymlink(cid, (await source.get(cid)) ?? new Uint8Array()))
    return { content: wholeBody(body), sniffedType: await sniffContentType(body) }
  }
}
