import { describe, expect, it } from 'vitest'
import { importProfiles, type ImportProfileName } from './import-profile.ts'
import { folderRecipes } from './vectors/folder-recipes.ts'
import folders from './vectors/folders.json' with { type: 'json' }
import { ownFolder } from './vectors/kubo-folder.ts'

const vectors = new Map<string, Partial<Record<ImportProfileName, string>>>(
  folders.vectors.map(({ name, cids }) => [name, cids]),
)

it('has a vector for each recipe', () => {
  expect([...vectors.keys()]).toEqual(folderRecipes('unixfs-v1-2025').map(({ name }) => name))
})

describe.each(Object.keys(importProfiles) as ImportProfileName[])('a folder by profile %s', (profile) => {
  it.each(folderRecipes(profile))('has the CID that Kubo gives it: $name', async (recipe) => {
    expect((await ownFolder(profile, recipe)).root.toString()).toBe(vectors.get(recipe.name)?.[profile])
  })
})
