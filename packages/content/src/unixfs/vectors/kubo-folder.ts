import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { FolderImport, type ImportedFolder } from '../import-folder.ts'
import { importProfileOf } from '../import-parameters.ts'
import { type ImportProfileName, importProfiles } from '../import-profile.ts'
import type { FolderRecipe, RecipeEntry } from './folder-recipes.ts'
import type { KuboRepository } from './kubo-add.ts'

/** The root that Kubo gives to a recipe; the repository must have been made with the profile. */
export const kuboFolder = async (
  kubo: KuboRepository,
  profile: ImportProfileName,
  { parameters, wrap, entries }: FolderRecipe,
): Promise<string> => {
  const { hamtThreshold, hamtEstimation } = { ...importProfiles[profile], ...parameters }
  await kubo.configure('Import.UnixFSHAMTDirectorySizeThreshold', `${hamtThreshold}B`)
  await kubo.configure('Import.UnixFSHAMTDirectorySizeEstimation', hamtEstimation)
  const flags = wrap ? ['--wrap-with-directory'] : []
  if (parameters.hamtFanout !== undefined) flags.push(`--max-hamt-fanout=${parameters.hamtFanout}`)
  // These flags do not reach the top folder with `--only-hash`: Kubo makes that one by its defaults then.
  if (parameters.directoryMaxLinks !== undefined) flags.push(`--max-directory-links=${parameters.directoryMaxLinks}`)
  else if (parameters.hamtFanout === undefined) flags.push('--only-hash')
  const directory = await mkdtemp(path.join(tmpdir(), 'kubo-folder-'))
  try {
    const made = entries()
    for (const entry of made) await writeEntry(directory, entry)
    const top = made[0]?.path.split('/')[0] as string
    return await kubo.addPath(path.join(directory, top), flags)
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

const writeEntry = async (directory: string, { path: name, text }: RecipeEntry): Promise<void> => {
  const target = path.join(directory, name)
  await mkdir(text === undefined ? target : path.dirname(target), { recursive: true })
  if (text !== undefined) await writeFile(target, text)
}

/** What we make of a recipe, the entries in another order than it has them. */
export const ownFolder = async (profile: ImportProfileName, recipe: FolderRecipe): Promise<ImportedFolder> => {
  const folder = new FolderImport({
    sink: { put: () => undefined },
    profile: importProfileOf({ profile, ...recipe.parameters }),
  })
  for (const { path: name, text } of recipe.entries().toReversed())
    if (text === undefined) folder.addDirectory(name.split('/'))
    else await folder.addFile(name.split('/'), pieces(text))
  return folder.finish({ wrap: recipe.wrap })
}

async function* pieces(text: string): AsyncGenerator<Uint8Array> {
  if (text !== '') yield Buffer.from(text)
}
