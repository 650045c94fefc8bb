import type { BlockSource } from '@packages/content/block-source'
import { openPrivateContent } from '@packages/content/private/open-private-content'
import { openFile } from '@packages/content/unixfs/file-reader'
import { canonicalCid } from '@packages/shared/cid'
import { HoldfastError } from '@packages/shared/holdfast-error'
import { CID } from 'multiformats/cid'
import type { SecretContent } from '../worker/file-question.ts'
import type { Content } from './content.ts'
import { type FileTree, type HeldFile, orDirectory } from './held-content.ts'
import { HeldDirectories } from './held-directories.ts'
import { keepingLastBlocks } from './last-blocks.ts'
import { SNIFFED_BYTES, sniffContentType } from './sniff-content-type.ts'

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
    fileOrDirectory: (asked) => orDirectory(() => openPrivateFile(keepingLastBlocks(source), asked)),
  }
}

const openPrivateFile = async (source: BlockSource, cid: CID): Promise<HeldFile> => {
  const file = await openFile(source, cid)
  const content: Content = {
    size: file.size,
    body: undefined,
    boundary: (_position, limit) => limit,
    read: async (position, target) => {
      let filled = 0
      for await (const part of file.read({ start: position, end: position + target.length })) {
        target.set(part, filled)
        filled += part.length
      }
    },
  }
  const head = Buffer.allocUnsafeSlow(Math.min(file.size, SNIFFED_BYTES))
  if (head.length > 0) await content.read(0, head)
  return { content, sniffedType: await sniffContentType(head) }
}
