import { importFile } from '@packages/content/unixfs/import-file'
import { DEFAULT_IMPORT_PROFILE, importProfiles } from '@packages/content/unixfs/import-profile'
import { digestOf, generatedBytes } from '../acceptance/generated-bytes.ts'
import type { Random } from './random.ts'

const KIB = 1024
const MIB = 1024 * 1024

/** From 0 bytes to 40 MiB: mostly small, some around the borders of chunks, a few large. */
export const drawSize = (random: Random): number => {
  const kind = random.next()
  if (kind < 0.03) return 0
  if (kind < 0.55) return random.between(1, 64 * KIB)
  if (kind < 0.65) return random.between(1, 4) * MIB + random.between(-1, 1)
  if (kind < 0.92) return random.between(64 * KIB, 3 * MIB)
  return random.between(4 * MIB, 40 * MIB)
}

const known = new Map<string, string>()

/** SHA-256 (hex) of the content that these two numbers make; remembered. */
export const sha256Of = async (size: number, seed: number): Promise<string> => {
  const key = `${size}:${seed}`
  const hash = known.get(key) ?? (await digestOf(generatedBytes(size, seed))).sha256
  known.set(key, hash)
  return hash
}

const knownRoots = new Map<string, string>()

/** The CID of the content that these two numbers make, in the default profile; remembered. */
export const rootOf = async (size: number, seed: number): Promise<string> => {
  const key = `${size}:${seed}`
  const known = knownRoots.get(key)
  if (known !== undefined) return known
  const profile = importProfiles[DEFAULT_IMPORT_PROFILE]
  const { root } = await importFile(generatedBytes(size, seed), { sink: { put: () => {} }, profile })
  knownRoots.set(key, root.toString())
  return root.toString()
}
