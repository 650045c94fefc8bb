import { randomBytes } from 'node:crypto'
import { rmSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { BlockStore } from '@packages/content/block-store/block-store'
import { rebuildIndex } from '@packages/content/block-store/rebuild-index'
import { importFile } from '@packages/content/unixfs/import-file'
import { importProfiles } from '@packages/content/unixfs/import-profile'
import type { BenchRow } from '../frame/bench-row.ts'

const MiB = 1024 * 1024
/** Files as people have them: many small ones, and most bytes in large ones. */
const FILES = [
  { count: 4, bytes: 200 * MiB },
  { count: 200, bytes: MiB },
  { count: 5_000, bytes: 4 * 1024 },
]

/** The command `store:rebuild-index` without the start of its process. */
export const rebuildIndexRow: BenchRow = {
  name: 'rebuild-index',
  unit: 'MB/s',
  about: 'A new index from the segments of 1 GB in 5,204 files alone, every hash verified.',
  only: 'holdfast',
  prepare: async () => {
    const directory = await fill()
    process.once('exit', () => rmSync(directory, { recursive: true, force: true }))
    return async () => {
      const start = performance.now()
      const { roots, broken } = await rebuildIndex(directory)
      const seconds = (performance.now() - start) / 1000
      const files = FILES.reduce((sum, { count }) => sum + count, 0)
      if (roots !== files || broken.length > 0) throw new Error(`${roots} roots of ${files} were found`)
      return { value: FILES.reduce((sum, { count, bytes }) => sum + count * bytes, 0) / 1e6 / seconds }
    }
  },
}

const fill = async (): Promise<string> => {
  const directory = await mkdtemp(path.join(tmpdir(), 'holdfast-rebuild-'))
  const store = await BlockStore.open({ directory })
  let next = 0
  for (const { count, bytes } of FILES)
    for (let left = count; left > 0; left -= 50)
      await Promise.all(
        Array.from({ length: Math.min(left, 50) }, async () => {
          const upload = store.beginUpload({ realm: 'public', contentId: `file-${next++}`, trusted: true })
          const { root } = await importFile(pieces(bytes), { sink: upload, profile: importProfiles['unixfs-v1-2025'] })
          await upload.commit(root)
        }),
      )
  await store.close()
  return directory
}

async function* pieces(bytes: number): AsyncGenerator<Uint8Array> {
  for (let left = bytes; left > 0; left -= MiB) yield randomBytes(Math.min(left, MiB))
}
