import type { BlockStore } from '@packages/content/block-store/block-store'
import { openPrivateContent, type PrivateContent, PRIVATE_REALM } from '@packages/content/private/open-private-content'
import { type RootKeys, RootKeyUnknownError } from '@packages/db/keys/root-keys'
import type { Tables } from '@packages/db/tables'
import { HoldfastError } from '@packages/shared/holdfast-error'
import type { Kysely } from 'kysely'
import { CID } from 'multiformats/cid'

export type OpenPrivateRootDeps = {
  db: { kysely: Kysely<Tables> }
  store: Pick<BlockStore, 'reader'>
  rootKeys: Pick<RootKeys, 'openRootKey'>
}

/** A private root of the organization as plaintext blocks; whoever asks has been authorized. @throws HoldfastError `not_found` once its key is destroyed */
export const openPrivateRoot = async (
  { db, store, rootKeys }: OpenPrivateRootDeps,
  { organizationId, contentId, list }: { organizationId: string; contentId: string; list: string },
  options: { signal?: AbortSignal } = {},
): Promise<PrivateContent> => {
  try {
    const rootKey = await rootKeys.openRootKey(db.kysely, organizationId, contentId)
    const owner = { organizationId, contentId, rootKey, list: CID.parse(list) }
    return await openPrivateContent(store.reader(PRIVATE_REALM), owner, options)
  } catch (error) {
    if (error instanceof RootKeyUnknownError) throw new HoldfastError('not_found', { cause: error })
    throw error
  }
}
