import { importFile } from '@packages/content/unixfs/import-file'
import { FolderImport } from '@packages/content/unixfs/import-folder'
import { DEFAULT_IMPORT_PROFILE, importProfiles } from '@packages/content/unixfs/import-profile'
import { digestOf, generatedBytes } from '../acceptance/generated-bytes.ts'
import type { LedgerFile } from './ledger.ts'
import type { Random } from './random.ts'

const KIB = 1024
const MIB = 1024 * 1024

/** What a content is made from. */
type Recipe = Pick<LedgerFile, 'shape' | 'size' | 'contentSeed'>

type Part = { path: string; size: number; contentSeed: number }

/** No bytes are one content, whatever they are made from; of a folder of no bytes the names are left, which are told by their number. */
export const contentKey = ({ shape, size, contentSeed }: Recipe): string => {
  if (size > 0) return `${shape}:${size}:${contentSeed}`
  return shape === 'file' ? 'file:0' : `folder:0:${folderEntries({ size, contentSeed }).length}`
}

/** From 0 bytes to 40 MiB: mostly small, some around the borders of chunks, a few large. */
export const drawSize = (random: Random): number => {
  const kind = random.next()
  if (kind < 0.03) return 0
  if (kind < 0.55) return random.between(1, 64 * KIB)
  if (kind < 0.65) return random.between(1, 4) * MIB + random.between(-1, 1)
  if (kind < 0.92) return random.between(64 * KIB, 3 * MIB)
  return random.between(4 * MIB, 40 * MIB)
}

/** The files of a folder: one to six in two directories, their sizes a whole part of the folder's each. */
export const folderEntries = ({ size, contentSeed }: Pick<Recipe, 'size' | 'contentSeed'>): Part[] => {
  const count = 1 + (contentSeed % 6)
  const share = Math.floor(size / count)
  return Array.from({ length: count }, (_, index) => ({
    path: `part-${index % 2}/entry-${index}`,
    size: index === 0 ? size - share * (count - 1) : share,
    contentSeed: contentSeed + index,
  }))
}

/** The files of a content by their paths below its root; a file's own path is empty. */
export const filesOf = (recipe: Recipe): Part[] =>
  recipe.shape === 'folder' ? folderEntries(recipe) : [{ ...recipe, path: '' }]

const remembered = <T extends Pick<Recipe, 'size' | 'contentSeed'>>(
  keyOf: (what: T) => string,
  make: (what: T) => Promise<string>,
): ((what: T) => Promise<string>) => {
  const known = new Map<string, Promise<string>>()
  return (what) => {
    const found = known.get(keyOf(what)) ?? make(what)
    known.set(keyOf(what), found)
    return found
  }
}

/** SHA-256 (hex) of a file's bytes; remembered. */
export const sha256Of = remembered(
  ({ size, contentSeed }) => `${size}:${contentSeed}`,
  async ({ size, contentSeed }) => (await digestOf(generatedBytes(size, contentSeed))).sha256,
)

/** The CID of a content in the default profile; remembered. */
export const rootOf = remembered(contentKey, async (recipe: Recipe) => {
  const options = { sink: { put: () => {} }, profile: importProfiles[DEFAULT_IMPORT_PROFILE] }
  if (recipe.shape === 'file') {
    const { root } = await importFile(generatedBytes(recipe.size, recipe.contentSeed), options)
    return root.toString()
  }
  const folder = new FolderImport(options)
  for (const { path, size, contentSeed } of folderEntries(recipe))
    await folder.addFile(['folder', ...path.split('/')], generatedBytes(size, contentSeed))
  return (await folder.finish()).root.toString()
})
