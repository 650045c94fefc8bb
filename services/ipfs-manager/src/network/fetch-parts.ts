import { randomUUIDv7 } from 'node:crypto'
import type { BlockStore, Upload } from '@packages/content/block-store/block-store'
import { FETCHING_REALM } from '@packages/content/block-store/realm-rules'
import type { Database } from '@packages/db/open-database'
import type { CID } from 'multiformats/cid'

export type FetchPartsDeps = {
  store: Pick<BlockStore, 'beginUpload' | 'reader' | 'release' | 'settle' | 'roots'>
  contentId: string
  /** A fetch that has brought less than this keeps nothing: it costs little to begin anew. */
  keepAfterBytes?: number
  /** What a kill may cost: that much is made durable at once. */
  partBytes?: number
  /** One try keeps no more than that: a stall may come at the end of what is as large as the disk. */
  keepAtMostBytes?: number
}

type Part = { upload: Upload; contentId: string; cids: CID[]; bytes: number }

const MEBIBYTE = 1024 * 1024
const KEEP_AT_MOST_BYTES = 8 * 1024 * MEBIBYTE
/** Of all fetches that stand still together. */
const ALL_PARTS_BYTES = 4 * KEEP_AT_MOST_BYTES
/** Between the content's id and the part's own. */
const SEPARATOR = '.'

/**
 * The blocks that a large fetch has brought so far, so that its next try does not ask for them again, whatever ended this one. They are written a second time, to
 * a realm of their own that nobody is served from, in parts: each a list of blocks, durable when it is full.
 */
export class FetchParts {
  readonly #deps: Required<FetchPartsDeps>
  #brought = 0
  #kept = 0
  #isUsed = false
  #part: Part | undefined
  #writing: Promise<void> = Promise.resolve()

  constructor(deps: FetchPartsDeps) {
    this.#deps = {
      keepAfterBytes: 32 * MEBIBYTE,
      partBytes: 32 * MEBIBYTE,
      keepAtMostBytes: KEEP_AT_MOST_BYTES,
      ...deps,
    }
  }

  /** A block that an earlier try has brought, of whatever content. One that is damaged is not there. */
  async get(cid: CID): Promise<Uint8Array | undefined> {
    const bytes = await this.#deps.store
      .reader(FETCHING_REALM)
      .get(cid)
      .catch(() => undefined)
    if (bytes !== undefined) this.#isUsed = true
    return bytes
  }

  /** Takes a block that came and was hashed. @throws what the store throws */
  add(cid: CID, bytes: Uint8Array): Promise<void> {
    this.#brought += bytes.length
    if (this.#brought > this.#deps.keepAfterBytes) this.#writing = this.#writing.then(() => this.#write(cid, bytes))
    return this.#writing
  }

  /** The fetch has ended before its end: what it brought is kept for the next. Best effort: what cannot be kept is asked for again. */
  async keep(): Promise<void> {
    await this.#writing.catch(() => undefined)
    await this.#commit().catch(() => undefined)
  }

  /** Everything is where it belongs: nothing of it is needed here any more. */
  async drop(): Promise<void> {
    await this.#writing.catch(() => undefined)
    await this.#part?.upload.abort()
    this.#part = undefined
    if (!this.#isUsed) return
    const { store, contentId } = this.#deps
    for await (const part of store.roots({ realm: FETCHING_REALM }))
      if (contentOf(part.contentId) === contentId) await store.release(part.contentId)
  }

  async #write(cid: CID, bytes: Uint8Array): Promise<void> {
    if (this.#kept + bytes.length > this.#deps.keepAtMostBytes) return
    this.#kept += bytes.length
    this.#part ??= this.#begin()
    const part = this.#part
    await part.upload.put(cid, bytes)
    part.cids.push(cid)
    part.bytes += bytes.length
    if (part.bytes >= this.#deps.partBytes) await this.#commit()
  }

  #begin(): Part {
    const contentId = `${this.#deps.contentId}${SEPARATOR}${randomUUIDv7()}`
    const upload = this.#deps.store.beginUpload({ realm: FETCHING_REALM, contentId, trusted: true })
    return { upload, contentId, cids: [], bytes: 0 }
  }

  async #commit(): Promise<void> {
    const part = this.#part
    this.#part = undefined
    if (part === undefined) return
    const { upload, contentId, cids, bytes } = part
    try {
      const list = upload.beginList()
      for (const cid of cids) await list.add(cid)
      await upload.commit(await list.finish(), { dagSize: bytes, blocks: cids.length })
      this.#isUsed = true
    } finally {
      await upload.abort()
      this.#deps.store.settle(contentId)
    }
  }
}

const contentOf = (partId: string): string => partId.slice(0, partId.indexOf(SEPARATOR))

/**
 * Lets parts go of contents that have come, that nobody waits for any more, or that were given up; and, above `maxBytes`, those that have waited longest: their fetches
 * begin anew. @returns how many went
 */
export const dropStaleParts = async ({
  db,
  store,
  maxBytes = ALL_PARTS_BYTES,
}: {
  db: Pick<Database, 'kysely'>
  store: Pick<BlockStore, 'release' | 'roots'>
  maxBytes?: number
}): Promise<number> => {
  const parts: { contentId: string; bytes: number; addedAt: number }[] = []
  for await (const { contentId, bytes = 0, addedAt } of store.roots({ realm: FETCHING_REALM }))
    parts.push({ contentId, bytes, addedAt })
  if (parts.length === 0) return 0
  const fetches = await db.kysely
    .selectFrom('fetches')
    .select('content_id')
    .where('content_id', 'in', [...new Set(parts.map(({ contentId }) => contentOf(contentId)))])
    .where('state', '<>', 'failed')
    .execute()
  const waiting = new Set(fetches.map(({ content_id }) => content_id))
  let bytes = 0
  let gone = 0
  for (const part of parts.toSorted((a, b) => b.addedAt - a.addedAt)) {
    const stays = waiting.has(contentOf(part.contentId)) && bytes + part.bytes <= maxBytes
    if (stays) bytes += part.bytes
    else {
      await store.release(part.contentId)
      gone++
    }
  }
  return gone
}
