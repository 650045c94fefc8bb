import { writeFile } from 'node:fs/promises'
import { importProfiles, type ImportProfileName } from '../src/unixfs/import-profile.ts'
import { folderRecipes } from '../src/unixfs/vectors/folder-recipes.ts'
import { openKuboRepository } from '../src/unixfs/vectors/kubo-add.ts'
import { kuboFolder } from '../src/unixfs/vectors/kubo-folder.ts'

/**
 * Computes `src/unixfs/vectors/folders.json` with the `ipfs` on the PATH, in a repository of the profile's configuration.
 * Takes about five minutes: `node packages/content/scripts/write-folder-vectors.ts`.
 */
const names = folderRecipes('unixfs-v1-2025').map(({ name }) => name)
const cids = new Map<string, Partial<Record<ImportProfileName, string>>>(names.map((name) => [name, {}]))
let version = ''
for (const profile of Object.keys(importProfiles) as ImportProfileName[]) {
  const kubo = await openKuboRepository(profile)
  version = kubo.version
  try {
    for (const recipe of folderRecipes(profile)) {
      const cid = await kuboFolder(kubo, profile, recipe)
      cids.set(recipe.name, { ...cids.get(recipe.name), [profile]: cid })
      console.error(profile, recipe.name, cid)
    }
  } finally {
    await kubo.remove()
  }
}
const rows = [...cids].map(([name, found]) => `    ${JSON.stringify({ name, cids: found })}`).join(',\n')
const target = new URL('../src/unixfs/vectors/folders.json', import.meta.url)
await writeFile(
  target,
  `{\n  "kubo": "${version}",\n  "recipes": "folder-recipes.ts",\n  "vectors": [\n${rows}\n  ]\n}\n`,
)
