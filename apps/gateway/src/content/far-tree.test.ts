import { blockKey } from '@packages/content/block-store/block-key'
import { FolderImport } from '@packages/content/unixfs/import-folder'
import { importProfiles } from '@packages/content/unixfs/import-profile'
import { HoldfastError } from '@packages/shared/holdfast-error'
import type { CID } from 'multiformats/cid'
import { expect, it } from 'vitest'
import { FarTrees } from './far-tree.ts'

const SIZE = 4_000_000
const PIECE = 64 * 1024

it('what is read from nodes ends when its root or its file is denied, and goes on for all others', async () => {
  const blocks = new Map<string, Uint8Array>()
  const sink = { put: (cid: CID, bytes: Uint8Array) => void blocks.set(blockKey(cid), bytes) }
  const profile = { ...importProfiles['unixfs-v1-2025'], chunker: { kind: 'fixed', size: 400_000 } as const }
  const folder = new FolderImport({ sink, profile })
  const bytes = Buffer.from(Uint8Array.from({ length: SIZE }, (_, at) => at % 251))
  const file = await folder.addFile(
    ['file'],
    (async function* () {
      yield bytes
    })(),
  )
  const { root } = await folder.finish({ wrap: true })
  let denied: CID | undefined
  const trees = new FarTrees({
    questions: {
      find: async () => `${root}`,
      block: async (_, cid) => blocks.get(blockKey(cid)) ?? new Uint8Array(),
      ciphertext: async () => undefined,
    },
    denylist: {
      checkBlock: (cid) => {
        if (denied?.equals(cid) === true) throw new HoldfastError('content_gone')
      },
    },
  })
  const piece = Buffer.alloc(PIECE)
  for (const gone of [root, file.root]) {
    const opened = await (await trees.open(root))?.fileOrDirectory(file.root)
    if (opened === undefined || opened === 'directory') throw new Error('it is a file')
    await opened.content.read(0, piece)
    denied = gone
    await expect(opened.content.read(SIZE - PIECE, piece)).rejects.toMatchObject({ code: 'content_gone' })
    denied = undefined
    await opened.content.read(SIZE - PIECE, piece)
    expect(piece.equals(bytes.subarray(SIZE - PIECE))).toBe(true)
  }
})
