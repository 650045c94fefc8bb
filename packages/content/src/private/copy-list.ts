import type { CID } from 'multiformats/cid'
import type { BlockSource } from '../block-source.ts'
import type { DagSize } from '../block-store/batch-items.ts'
import { LIST_CODEC } from '../block-store/block-list.ts'
import type { BlockStore } from '../block-store/block-store.ts'
import { PrivateContentDamaged } from './private-content-damaged.ts'
import { PRIVATE_REALM } from './private-realm.ts'
import { walkList } from './walk-list.ts'

export type CopyListOptions = {
  store: Pick<BlockStore, 'beginUpload'>
  contentId: string
  list: CID
  signal: AbortSignal
}

/**
 * Takes a private content into the store from somewhere else that has it, ciphertexts as they are: no key is needed. Every block is hashed. The content id is in flight
 * until it is settled.
 * @throws MissingBlockError, PrivateContentDamaged; what `Upload.put` and `commit` throw; the signal's reason
 */
export const copyList = async (blocks: BlockSource, options: CopyListOptions): Promise<DagSize> => {
  const { store, contentId, list, signal } = options
  const upload = store.beginUpload({ realm: PRIVATE_REALM, contentId, signal })
  try {
    const written = upload.beginList()
    for await (const { cid, bytes } of walkList(blocks, list, { signal })) {
      if (cid.code === LIST_CODEC) continue
      await upload.put(cid, bytes)
      await written.add(cid)
    }
    // The lists are made anew, as they were: what would be another one is not what was asked for.
    const root = await written.finish()
    if (!root.equals(list)) throw new PrivateContentDamaged('a private content is listed in another way than it was')
    return await upload.commit(root)
  } finally {
    await upload.abort()
  }
}
