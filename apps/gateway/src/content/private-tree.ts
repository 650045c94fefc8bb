import type { BlockSource } from '@packages/content/block-source'
import { openPrivateContent } from '@packages/content/private/open-private-content'
import { canonicalCid } from '@packages/shared/cid'
import { HoldfastError } from '@packages/shared/holdfast-error'
import { CID } from 'multiformats/cid'
import type { SecretContent } from '../worker/file-question.ts'
import { type FileTree, orDirectory } from './held-content.ts'
import { HeldDirectories } from './held-directories.ts'
import { keepingLastBlocks } from './last-blocks.ts'
import { openSourceFile } from './source-file.ts'

/**
 * A private root, decrypted as it is read. Lives as long as its request: a key that was destroyed opens nothing more.
 * @throws HoldfastError `not_found` when its root is not `cid`; PrivateContentDamaged, MissingBlockError
 */
export const openPrivateTree = async (
  blocks: BlockSource,
  cid: CID,
  { organizationId, contentId, rootKey, list }: SecretContent,
): Promise<FileTree> => {
  const owner = { organizationId, contentId, rootKey: Buffer.from(rootKey, 'base64'), list: CID.parse(list) }
  const source = await openPrivateContent(blocks, owner)
  if (canonicalCid(source.root) !== canonicalCid(cid)) throw new HoldfastError('not_found')
  return {
    directories: new HeldDirectories(source),
    fileOrDirectory: (asked) => orDirectory(() => openSourceFile(keepingLastBlocks(source), asked)),
  }
}
