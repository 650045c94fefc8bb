import { writeFile } from 'node:fs/promises'
import { chunkerFlags, chunkerRecipes, RECIPE_BYTES } from '../src/unixfs/vectors/chunker-recipes.ts'
import { openKuboRepository } from '../src/unixfs/vectors/kubo-add.ts'

/**
 * Computes `src/unixfs/vectors/chunkers.json` with the `ipfs` on the PATH. Takes about a minute:
 * `node packages/content/scripts/write-chunker-vectors.ts`.
 */
const kubo = await openKuboRepository()
const rows: string[] = []
try {
  for (const recipe of chunkerRecipes()) {
    const cid = await kubo.add(RECIPE_BYTES[recipe.bytes](recipe.size), chunkerFlags(recipe))
    rows.push(`    ${JSON.stringify({ ...recipe, cid })}`)
    console.error(rows.at(-1))
  }
} finally {
  await kubo.remove()
}
const target = new URL('../src/unixfs/vectors/chunkers.json', import.meta.url)
const head = `{\n  "kubo": "${kubo.version}",\n  "recipes": "chunker-recipes.ts",\n  "vectors": [\n`
await writeFile(target, `${head}${rows.join(',\n')}\n  ]\n}\n`)
