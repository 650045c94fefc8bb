import type { BlockSource } from '@packages/content/block-source'
import { openPrivateContent } from '@packages/content/private/open-private-content'
import { canonicalCid } from '@packages/shared/cid'
import { HoldfastError } from '@packages/shared/holdfast-error'
import { CID } from 'multiformats/cid'
import type { Denylist } from '../denylist/denylist.ts'
import { denyingSource } from '../denylist/denying-source.ts'
import type { SecretContent } from '../worker/file-question.ts'
import { type FileTree, orDirectory } from './held-content.ts'
import { HeldDirectories } from './held-directories.ts'
import { keepingLastBlocks } from './last-blocks.ts'
import { openSourceFile } from './source-file.ts'

/**
 * A private root, decrypted as it is read. Lives as long as its request: a key that was destroyed opens nothing more, and what is denied meanwhile ends it.
 * @throws HoldfastError `not_found` when its root is not `cid`, and what the denylist says; PrivateContentDamaged, MissingBlockError
 */
export const openPrivateTree = async (
  blocks: BlockSource,
  cid: CID,
  { organizationId, contentId, rootKey, list }: SecretContent,
  denylist: Pick<Denylist, 'checkBlock'>,
): Promise<FileTree> => {
  const owner = { organizationId, contentId, rootKey: Buffer.from(rootKey, 'base64'), list: CID.parse(list) }
  const content = await openPrivateContent(blocks, owner)
  if (canonicalCid(content.root) !== canonicalCid(cid)) throw new HoldfastError('not_found')
  return {
    directories: new HeldDirectories(denyingSource(content, denylist, cid)),
    fileOrDirectory: (asked) =>
      orDirectory(() => openSourceFile(keepingLastBlocks(denyingSource(content, denylist, cid, asked)), asked)),
  }
}
