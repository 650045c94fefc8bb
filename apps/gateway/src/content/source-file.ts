import type { BlockSource } from '@packages/content/block-source'
import { openFile } from '@packages/content/unixfs/file-reader'
import type { CID } from 'multiformats/cid'
import type { Content } from './content.ts'
import type { HeldFile } from './held-content.ts'
import { SNIFFED_BYTES, sniffContentType } from './sniff-content-type.ts'

/** A UnixFS file out of a source of blocks, read as it is sent. */
export const openSourceFile = async (source: BlockSource, cid: CID): Promise<HeldFile> => {
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
