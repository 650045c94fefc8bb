import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { BlockStore } from '../block-store/block-store.ts'
import { rawCid } from './block-cid.ts'
import { openFile } from './file-reader.ts'
import { importFile } from './import-file.ts'
import { importProfiles, type ImportProfileName } from './import-profile.ts'
import { vectorBytes } from './vectors/vector-bytes.ts'

const MiB = 1024 * 1024

describe.each(Object.keys(importProfiles) as ImportProfileName[])('a file by profile %s in a block store', (name) => {
  let directory: string
  let store: BlockStore
  beforeAll(async () => {
    directory = await mkdtemp(path.join(tmpdir(), 'unixfs-store-'))
    store = await BlockStore.open({ directory })
  })
  afterAll(async () => {
    await store.close()
    await rm(directory, { recursive: true })
  })

  // Pieces of 10,000 bytes are joined, pieces of 64 KiB are written as they are, pieces of 1 MiB are leaves by themselves.
  it.each([10_000, 65_536, MiB])('reads back as it was, from pieces of %i bytes', async (piece) => {
    const size = 5 * MiB + 4321 + piece
    for (const trusted of [true, false]) {
      const contentId = `${piece}-${trusted}`
      const upload = store.beginUpload({ realm: 'public', contentId, trusted })
      const made = await importFile(vectorBytes(size, piece), { sink: upload, profile: importProfiles[name] })
      const stored = await upload.commit(made.root)
      store.settle(contentId)
      expect(stored).toMatchObject({ dagSize: made.dagSize, blocks: made.blocks })

      const file = await openFile(store.reader('public'), made.root)
      const read = Buffer.concat(await Array.fromAsync(file.read()))
      expect(read.equals(Buffer.concat(await Array.fromAsync(vectorBytes(size))))).toBe(true)
      for await (const event of store.verify()) expect(event).not.toHaveProperty('problem')
      // Else the next turn would find all its blocks held, and write none.
      expect(await store.release(contentId)).toBe(true)
    }
  })
  it('refuses pieces that do not match their CID, unless the upload says that it hashed them', async () => {
    const upload = store.beginUpload({ realm: 'public', contentId: 'liar' })
    await importFile(vectorBytes(2 * MiB), { sink: upload, profile: importProfiles[name] })
    const parts = [Buffer.alloc(10), Buffer.alloc(10)]
    expect(() => upload.putParts(rawCid(Buffer.alloc(21)), parts, 20)).toThrow('does not match')
    await upload.abort()
  })
})
