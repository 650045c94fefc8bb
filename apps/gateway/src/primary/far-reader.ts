import { linkedCids } from '@packages/content/block-store/block-links'
import { type BlockKey, blockKey } from '@packages/content/block-store/block-key'
import type { FarBlocks } from '@packages/content/block-sources/read-through'
import type { Database } from '@packages/db/open-database'
import { type FarContent, findFarContents, holdersOfPrivate } from '@packages/db/pins/holders-of'
import type { MinimalLogger } from '@packages/runtime/minimal-logger'
import { canonicalCid, CODEC_RAW, parseCid } from '@packages/shared/cid'
import type { CID } from 'multiformats/cid'
import type { FarAnswer, FarQuestion } from '../worker/far-question.ts'
import { BatchedQuestions } from './batched-questions.ts'

export type FarReaderDeps = { db: Pick<Database, 'kysely'>; logger: MinimalLogger; far: FarBlocks }

/** How long a body goes on without asking again whether it may be read. */
const GRANTED_MS = 2_000
const MAX_GRANTS = 10_000
/** Blocks of which it is known below which root they were found: some 20 MiB. */
const MAX_FOUND = 100_000

type Grant = { at: number; content: Promise<FarContent | undefined> }

/**
 * Reads what only nodes have, for workers. Whether a root may be read is asked of the database for each request, and again while it is sent: what is cached
 * decides nothing. Blocks below it may be read for as long as it may; by a CID of their own when they were found below it before.
 */
export class FarReader {
  readonly #deps: FarReaderDeps
  readonly #contents: BatchedQuestions<string, FarContent | undefined>
  readonly #grants = new Map<string, Grant>()
  readonly #foundBelow = new Map<BlockKey, string>()

  constructor(deps: FarReaderDeps) {
    this.#deps = deps
    this.#contents = new BatchedQuestions((cids) => findFarContents(deps.db.kysely, cids))
  }

  async answer(question: FarQuestion): Promise<FarAnswer> {
    try {
      if (question.kind === 'ciphertext') return await this.#readCiphertext(question)
      return await (question.kind === 'root' ? this.#open(parseCid(question.cid)) : this.#read(question))
    } catch (err) {
      this.#deps.logger.warn({ err, cid: question.cid }, 'content could not be read from its nodes')
      return { state: 'failed' }
    }
  }

  async #open(cid: CID): Promise<FarAnswer> {
    const own = canonicalCid(cid)
    const above = this.#foundBelow.get(blockKey(cid))
    for (const root of above === undefined || above === own ? [own] : [own, above])
      if ((await this.#mayRead(root, 0)) !== undefined) return { state: 'root', root }
    return { state: 'unknown' }
  }

  async #read({ root, cid }: Extract<FarQuestion, { kind: 'block' }>): Promise<FarAnswer> {
    const content = await this.#mayRead(root, GRANTED_MS)
    if (content === undefined) return { state: 'unknown' }
    const asked = parseCid(cid)
    const bytes = await this.#deps.far.from(content.holders).get(asked)
    if (bytes === undefined) {
      this.#deps.logger.error({ cid, root }, 'a block of content that nodes have confirmed is on none of them')
      return { state: 'failed' }
    }
    this.#note(asked, bytes, root)
    return { state: 'block', bytes: base64Of(bytes) }
  }

  /** Whoever is sent it was granted it by a link or a credential, and the worker has its key for that request alone. */
  async #readCiphertext({ contentId, cid }: Extract<FarQuestion, { kind: 'ciphertext' }>): Promise<FarAnswer> {
    const { db, far } = this.#deps
    const holders = await holdersOfPrivate(db.kysely, contentId)
    if (holders.length === 0) return { state: 'unknown' }
    const bytes = await far.from(holders, 'private').get(parseCid(cid))
    return bytes === undefined ? { state: 'unknown' } : { state: 'block', bytes: base64Of(bytes) }
  }

  async #mayRead(root: string, withinMs: number): Promise<FarContent | undefined> {
    const now = performance.now()
    const known = this.#grants.get(root)
    if (known !== undefined && now - known.at < withinMs) return known.content
    const content = this.#contents.ask(root)
    remember(this.#grants, root, { at: now, content }, MAX_GRANTS)
    const found = await content.catch((error: unknown) => {
      this.#grants.delete(root)
      throw error
    })
    if (found === undefined) this.#grants.delete(root)
    return found
  }

  /** What it links to is below the same root. */
  #note(cid: CID, bytes: Uint8Array, root: string): void {
    if (cid.code === CODEC_RAW) return
    for (const child of linksOf(cid, bytes)) remember(this.#foundBelow, blockKey(child), root, MAX_FOUND)
  }
}

const base64Of = ({ buffer, byteOffset, length }: Uint8Array): string =>
  Buffer.from(buffer, byteOffset, length).toString('base64')

const linksOf = (cid: CID, bytes: Uint8Array): readonly CID[] => {
  try {
    return linkedCids(cid.code, bytes)
  } catch {
    return []
  }
}

const remember = <V>(map: Map<string, V>, key: string, value: V, most: number): void => {
  map.delete(key)
  map.set(key, value)
  const oldest = map.keys().next().value
  if (map.size > most && oldest !== undefined) map.delete(oldest)
}
