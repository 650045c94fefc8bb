import { writeFile } from 'node:fs/promises'
import { importProfiles, type ImportProfileName } from '../src/unixfs/import-profile.ts'
import { openKuboRepository } from '../src/unixfs/vectors/kubo-add.ts'
import { vectorBytes } from '../src/unixfs/vectors/vector-bytes.ts'
import { VECTOR_SIZES } from '../src/unixfs/vectors/vector-sizes.ts'

/**
 * Computes `src/unixfs/vectors/files.json` with the `ipfs` on the PATH, whose configuration profile of the same name is
 * applied and which gets no other flag. Takes about a minute: `node packages/content/scripts/write-unixfs-vectors.ts`.
 */
const vectors: { size: number; cids: Partial<Record<ImportProfileName, string>> }[] = VECTOR_SIZES.map((size) => ({
  size,
  cids: {},
}))
let kubo = ''
for (const profile of Object.keys(importProfiles) as ImportProfileName[]) {
  const repository = await openKuboRepository(profile)
  kubo = repository.version
  try {
    for (const vector of vectors) {
      vector.cids[profile] = await repository.add(vectorBytes(vector.size), [])
      console.error(profile, vector.size, vector.cids[profile])
    }
  } finally {
    await repository.remove()
  }
}
const rows = vectors.map((vector) => `    ${JSON.stringify(vector)}`).join(',\n')
const target = new URL('../src/unixfs/vectors/files.json', import.meta.url)
await writeFile(target, `{\n  "kubo": "${kubo}",\n  "bytes": "vector-bytes.ts",\n  "vectors": [\n${rows}\n  ]\n}\n`)
