import { openPrivateContent, type PrivateContent } from '@packages/content/private/open-private-content'
import { type RootKeys, RootKeyUnknownError } from '@packages/db/keys/root-keys'
import { HoldfastError } from '@packages/shared/holdfast-error'
import { CID } from 'multiformats/cid'
import { type ContentBlocksDeps, privateBlocks } from '../content/content-blocks.ts'

export type OpenPrivateRootDeps = ContentBlocksDeps & {
  rootKeys: Pick<RootKeys, 'openRootKey'>
}

/** A private root of the organization as plaintext blocks; whoever asks has been authorized. @throws HoldfastError `not_found` once its key is destroyed */
export const openPrivateRoot = async (
  { db, store, far, rootKeys }: OpenPrivateRootDeps,
  { organizationId, contentId, list }: { organizationId: string; contentId: string; list: string },
  options: { signal?: AbortSignal } = {},
): Promise<PrivateContent> => {
  try {
    const rootKey = await rootKeys.openRootKey(db.kysely, organizationId, contentId)
    const owner = { organizationId, contentId, rootKey, list: CID.parse(list) }
    return await openPrivateContent(privateBlocks({ db, store, far }, contentId), owner, options)
  } catch (error) {
    if (error instanceof RootKeyUnknownError) throw new HoldfastError('not_found', { cause: error })
    throw error
  }
}
