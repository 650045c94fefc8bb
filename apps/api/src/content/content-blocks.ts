import type { FarBlocks } from '@packages/content/block-sources/read-through'
import type { BlockSource } from '@packages/content/block-source'
import type { BlockStore } from '@packages/content/block-store/block-store'
import { PRIVATE_REALM } from '@packages/content/private/private-realm'
import type { Database } from '@packages/db/open-database'
import { holdersOf, holdersOfPrivate } from '@packages/db/pins/holders-of'
import { canonicalCid } from '@packages/shared/cid'
import type { CID } from 'multiformats/cid'

export type ContentBlocksDeps = {
  db: Pick<Database, 'kysely'>
  store: Pick<BlockStore, 'reader'>
  /** What nodes have and the own store does not; none where there are no nodes. */
  far?: FarBlocks | null | undefined
}

/**
 * The blocks of a public root: those of the own store, and on a miss those of the nodes that have confirmed the root. What is damaged here is read from them as
 * well. Whoever asks has been authorized for the root.
 */
export const contentBlocks = ({ db, store, far }: ContentBlocksDeps, root: CID): BlockSource => {
  const own = store.reader('public')
  if (far === undefined || far === null) return own
  return readingOn(own, async () => far.from(await holdersOf(db.kysely, canonicalCid(root))))
}

/** The ciphertexts of a private content, in the same way from private nodes. */
export const privateBlocks = ({ db, store, far }: ContentBlocksDeps, contentId: string): BlockSource => {
  const own = store.reader(PRIVATE_REALM)
  if (far === undefined || far === null) return own
  return readingOn(own, async () => far.from(await holdersOfPrivate(db.kysely, contentId), 'private'))
}

const readingOn = (own: BlockSource, open: () => Promise<BlockSource>): BlockSource => {
  let away: Promise<BlockSource> | undefined
  return {
    get: async (cid, options = {}) => {
      let problem: unknown
      try {
        const bytes = await own.get(cid, options)
        if (bytes !== undefined) return bytes
      } catch (error) {
        options.signal?.throwIfAborted()
        problem = error
      }
      away ??= open()
      const bytes = await (await away).get(cid, options)
      if (bytes === undefined && problem !== undefined) throw problem
      return bytes
    },
  }
}
