import { randomUUIDv7 } from 'node:crypto'
import { mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { BlockStore } from '@packages/content/block-store/block-store'
import { segmentPath } from '@packages/content/block-store/segment-path'
import { rawCid } from '@packages/content/unixfs/block-cid'
import { HoldfastError } from '@packages/shared/holdfast-error'
import type { CID } from 'multiformats/cid'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { denyingBlocks } from '../denylist/denying-blocks.ts'
import { CorruptBlock } from './block-errors.ts'
import type { HeldBlocks } from './held-blocks.ts'
import { HeldContent } from './held-content.ts'
import { openHeldBlocks } from './open-held-blocks.ts'
import { WithholdingBlocks } from './withholding-blocks.ts'

let directory: string
let store: BlockStore
let blocks: WithholdingBlocks
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'holdfast-gateway-'))
  store = await BlockStore.open({ directory })
  // A realm's database is made with its first block.
  await put('the first')
  blocks = new WithholdingBlocks(await openHeldBlocks({ directory, realm: 'public' }))
  blocks.open()
})
afterAll(async () => {
  await blocks?.close()
  await store?.close()
  await rm(directory, { recursive: true })
})

const put = async (text: string): Promise<CID> => {
  const cid = rawCid(Buffer.from(text))
  const upload = store.beginUpload({ realm: 'public', contentId: randomUUIDv7() })
  await upload.put(cid, Buffer.from(text))
  await upload.commit(cid)
  return cid
}

const contentOf = (held: HeldBlocks) => {
  const corrupt: string[] = []
  return { content: new HeldContent(held, { hotBytes: 1024 * 1024, onCorrupt: (cid) => corrupt.push(cid) }), corrupt }
}

it('a file of one short block is there in the turn that asks for it', async () => {
  const { content } = contentOf(blocks)
  const file = content.file(await put('a short file'))
  expect(file).not.toBeInstanceOf(Promise)
  expect(file).toMatchObject({ sniffedType: 'text/plain; charset=utf-8', content: { size: 12 } })
  expect((await file).content.body?.toString()).toBe('a short file')
})

it('asked for a second time it is kept, and forgotten again', async () => {
  const { content } = contentOf(blocks)
  const cid = await put('a file that is asked for twice')
  content.file(cid)
  expect(content.cached(cid.toString())).toBeUndefined()
  content.file(cid)
  expect(content.cached(cid.toString())?.body?.toString()).toBe('a file that is asked for twice')
  content.forget(cid.toString())
  expect(content.cached(cid.toString())).toBeUndefined()
})

it('nothing of a damaged block is handed out in that turn or later, and it is told', async () => {
  const cid = await put('a file on a disk that forgets')
  const location = store.reader('public').locate(cid)
  if (location === undefined) throw new Error('it is not held')
  const segment = await open(segmentPath(directory, location.segment), 'r+')
  await segment.write(Buffer.from('b'), 0, 1, location.offset)
  await segment.close()
  const { content, corrupt } = contentOf(blocks)
  await expect(content.file(cid)).rejects.toThrow(CorruptBlock)
  expect(corrupt).toEqual([cid.toString()])
})

it('a block that is denied between two looks of one turn is not read', async () => {
  const cid = await put('a file that is denied')
  let looks = 0
  const checkBlock = (): void => {
    if (++looks > 1) throw new HoldfastError('content_gone')
  }
  const { content } = contentOf(denyingBlocks(blocks, { checkBlock }))
  expect(() => content.file(cid)).toThrow(expect.objectContaining({ code: 'content_gone' }))
})
