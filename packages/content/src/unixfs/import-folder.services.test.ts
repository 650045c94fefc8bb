import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { importProfiles, type ImportProfileName } from './import-profile.ts'
import { folderRecipes } from './vectors/folder-recipes.ts'
import { type KuboRepository, openKuboRepository } from './vectors/kubo-add.ts'
import { kuboFolder, ownFolder } from './vectors/kubo-folder.ts'

/** The larger ones are asked when the vectors are written. */
const ASK_UP_TO_ENTRIES = 1_500

describe.each(Object.keys(importProfiles) as ImportProfileName[])('a folder by profile %s', (profile) => {
  let kubo: KuboRepository
  beforeAll(async () => {
    kubo = await openKuboRepository(profile)
  })
  afterAll(() => kubo?.remove())

  const recipes = folderRecipes(profile).filter(({ entries }) => entries().length <= ASK_UP_TO_ENTRIES)
  it.each(recipes)('has the CID that the ipfs on the PATH gives it: $name', async (recipe) => {
    expect((await ownFolder(profile, recipe)).root.toString()).toBe(await kuboFolder(kubo, profile, recipe))
  })
})
