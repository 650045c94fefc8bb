import { describe, expect, it } from 'vitest'
import { importFile } from './import-file.ts'
import { importProfileOf } from './import-parameters.ts'
import { chunkerRecipes, RECIPE_BYTES } from './vectors/chunker-recipes.ts'
import chunkers from './vectors/chunkers.json' with { type: 'json' }

const sink = { put: () => undefined }

/** The same bytes in pieces that do not fit any chunk. */
async function* recut(source: AsyncIterable<Uint8Array>, size: number): AsyncGenerator<Uint8Array> {
  for await (const bytes of source) for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

it('has a vector for each recipe', () => {
  const recipes = chunkers.vectors.map(({ bytes, size, parameters }) => ({ bytes, size, parameters }))
  expect(recipes).toEqual(chunkerRecipes())
})

describe('a file has the CID that Kubo gives it', () => {
  const vectors = chunkerRecipes().map((recipe, index) => ({ ...recipe, cid: chunkers.vectors[index]?.cid }))

  it.each(vectors)('$parameters over $size bytes, $bytes', async ({ bytes, size, parameters, cid }) => {
    const profile = importProfileOf(parameters)
    const make = RECIPE_BYTES[bytes]
    expect((await importFile(make(size), { sink, profile })).root.toString()).toBe(cid)
    const pieces = size > 1_000_000 ? [4_097] : [1, 31, 4_097]
    for (const piece of pieces)
      expect((await importFile(recut(make(size), piece), { sink, profile })).root.toString()).toBe(cid)
  })
})
