import { importFile } from '@packages/content/unixfs/import-file'
import { DEFAULT_IMPORT_PROFILE, importProfiles } from '@packages/content/unixfs/import-profile'
import { digestOf, generatedBytes } from '../acceptance/generated-bytes.ts'
import type { LedgerFile } from './ledger.ts'
import type { Random } from './random.ts'

const KIB = 1024
const MIB = 1024 * 1024

/** What a content is made from. */
export type Recipe = Pick<LedgerFile, 'shape' | 'size' | 'contentSeed'>

/** Nothing has one content, whatever it is made from. */
export const contentKey = ({ shape, size, contentSeed }: Recipe): string =>
  size === 0 ? `${shape}:0` : `${shape}:${size}:${contentSeed}`

/** From 0 bytes to 40 MiB: mostly small, some around the borders of chunks, a few large. */
export const drawSize = (random: Random): number => {
  const kind = random.next()
  if (kind < 0.03) return 0
  if (kind < 0.55) return random.between(1, 64 * KIB)
  if (kind < 0.65) return random.between(1, 4) * MIB + random.between(-1, 1)
  if (kind < 0.92) return random.between(64 * KIB, 3 * MIB)
  return random.between(4 * MIB, 40 * MIB)
}

const remembered = <T>(make: (recipe: Recipe) => Promise<T>): ((recipe: Recipe) => Promise<T>) => {
  const known = new Map<string, Promise<T>>()
  return (recipe) => {
    const key = contentKey(recipe)
    const found = known.get(key) ?? make(recipe)
    known.set(key, found)
    return found
  }
}

/** SHA-256 (hex) of a file's content; remembered. */
export const sha256Of = remembered(
  async ({ size, contentSeed }) => (await digestOf(generatedBytes(size, contentSeed))).sha256,
)

/** The CID of a content in the default profile; remembered. */
export const rootOf = remembered(async ({ size, contentSeed }) => {
  const profile = importProfiles[DEFAULT_IMPORT_PROFILE]
  const { root } = await importFile(generatedBytes(size, contentSeed), { sink: { put: () => {} }, profile })
  return root.toString()
})
