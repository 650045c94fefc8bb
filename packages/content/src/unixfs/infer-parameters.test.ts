import {
  array,
  assert as check,
  asyncProperty,
  boolean,
  constantFrom,
  integer,
  oneof,
  record,
  string,
  tuple,
  uint8Array,
  uniqueArray,
} from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FolderImport } from './import-folder.ts'
import { importFile } from './import-file.ts'
import { importProfileOf } from './import-parameters.ts'
import { type ChunkerProfile, type ImportProfile, importProfiles, type ImportProfileName } from './import-profile.ts'
import { inferParameters } from './infer-parameters.ts'
import { MemoryBlocks } from './memory-blocks.ts'
import { vectorBytes } from './vectors/vector-bytes.ts'

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  if (bytes.length > 0) yield bytes
}

const infer = async (bytes: AsyncIterable<Uint8Array>, profile: ImportProfile, maxBytes?: number) => {
  const blocks = new MemoryBlocks()
  const { root } = await importFile(bytes, { sink: blocks, profile })
  return inferParameters(blocks, root, maxBytes === undefined ? {} : { limits: { maxBytes } })
}

const rabin = tuple(integer({ min: 16, max: 300 }), integer({ min: 1, max: 300 }), integer({ min: 1, max: 600 })).map(
  ([min, more, most]): ChunkerProfile => ({ kind: 'rabin', min, average: min + more, max: min + more + most }),
)
const fixed = integer({ min: 1, max: 500 }).map((size): ChunkerProfile => ({ kind: 'fixed', size }))
const anyProfile = record({
  base: constantFrom('unixfs-v1-2025' as const, 'unixfs-v0-2015' as const),
  chunker: oneof(fixed, rabin),
  maxLinks: integer({ min: 2, max: 9 }),
  rawLeaves: boolean(),
  cidVersion: constantFrom(0 as const, 1 as const),
  hamtThreshold: integer({ min: 0, max: 1_500 }),
  hamtFanout: constantFrom(8, 16, 256),
  hamtEstimation: constantFrom('links' as const, 'block' as const),
}).map(({ base, ...changes }): ImportProfile => {
  const { name: _, ...values } = importProfiles[base]
  return { ...values, ...changes }
})
const content = oneof(
  uint8Array({ maxLength: 4_000, size: 'max' }),
  // The same few bytes over and over: fingerprints that come again, zeros that cut everywhere.
  tuple(uint8Array({ minLength: 1, maxLength: 3 }), integer({ min: 0, max: 4_000 })).map(([unit, length]) =>
    Buffer.alloc(length, unit),
  ),
)

describe('the parameters behind a CID', () => {
  it('are found for any file: imported again by them it has the same root', async () => {
    await check(
      asyncProperty(anyProfile, content, async (profile, bytes) => {
        const report = await infer(once(bytes), profile)
        expect(report.notes).toEqual(expect.any(Array))
        expect(report.verified).toBe(true)
        const { maxLinks, rawLeaves, chunker } = report.parameters
        expect(rawLeaves).toBe(profile.rawLeaves)
        if (maxLinks !== null) expect(maxLinks).toBe(profile.maxLinks)
        if (chunker?.startsWith('size-') && profile.chunker.kind === 'fixed')
          expect(chunker).toBe(`size-${profile.chunker.size}`)
      }),
      { numRuns: 400 },
    )
  })

  it('are found for any folder', async () => {
    const name = string({ unit: constantFrom('a', 'b', 'é', '😀'), minLength: 1, maxLength: 8 })
    const folders = uniqueArray(array(name, { minLength: 1, maxLength: 3 }), {
      minLength: 1,
      maxLength: 40,
      selector: (path) => path.join('/'),
    })
    await check(
      asyncProperty(anyProfile, folders, uint8Array({ maxLength: 900, size: 'max' }), async (profile, paths, bytes) => {
        const blocks = new MemoryBlocks()
        const folder = new FolderImport({ sink: blocks, profile })
        for (const [index, path] of paths.entries())
          if (index % 7 === 6) folder.addDirectory(['dirs', ...path])
          else await folder.addFile(['files', ...path.map((part) => `${part}-`), 'x'], once(bytes.subarray(index * 13)))
        const { root } = await folder.finish({ wrap: true })
        const report = await inferParameters(blocks, root)
        expect(report).toMatchObject({ kind: 'directory', verified: true })
        expect(report.parameters.cidVersion).toBe(profile.cidVersion)
        if (report.parameters.hamtFanout !== null) expect(report.parameters.hamtFanout).toBe(profile.hamtFanout)
      }),
      { numRuns: 100 },
    )
  })

  it.each(Object.keys(importProfiles) as ImportProfileName[])('have the name of the profile %s', async (name) => {
    const report = await infer(vectorBytes(5_000_000), importProfiles[name])
    expect(report).toMatchObject({ verified: true, profiles: [name] })
    expect(report.parameters.chunker).toBe(name === 'unixfs-v1-2025' ? 'size-1048576' : 'size-262144')
  })

  it.each(['buzhash', 'rabin', 'rabin-16384-65536-131072'])('tell the chunker %s', async (chunker) => {
    const report = await infer(vectorBytes(5_000_000), importProfileOf({ chunker }))
    expect(report).toMatchObject({ verified: true, profiles: [] })
    if (chunker === 'rabin') expect(report.parameters.chunker).toBe('rabin-87381-262144-393216')
    else expect(report.parameters.chunker).toMatch(chunker.slice(0, 5))
  })

  it('are not all told by one block', async () => {
    const report = await infer(vectorBytes(100), importProfiles['unixfs-v1-2025'])
    expect(report.parameters).toEqual({
      cidVersion: null,
      rawLeaves: true,
      chunker: null,
      maxLinks: null,
      hamtFanout: null,
      hamtThreshold: null,
      hamtEstimation: null,
    })
    expect(report).toMatchObject({ verified: true, profiles: ['unixfs-v1-2025'] })
    expect(report.notes.join(' ')).toContain('any width of at least 2 fits')
  })

  it('are told without importing again above the limit', async () => {
    const report = await infer(vectorBytes(5_000_000), importProfiles['unixfs-v1-2025'], 1_000_000)
    expect(report).toMatchObject({ verified: false, profiles: ['unixfs-v1-2025'] })
    expect(report.notes.join(' ')).toContain('not imported again')
  })

  it('are not looked for in a file that claims more leaves than anybody could read', async () => {
    const blocks = new MemoryBlocks()
    const leaf = { cid: blocks.raw(Buffer.from('x')), size: 1 }
    let node = { cid: blocks.node(Array.from({ length: 1_000 }, () => leaf)), size: 1_000 }
    for (let level = 0; level < 3; level++)
      node = { cid: blocks.node(Array.from({ length: 1_000 }, () => node)), size: node.size * 1_000 }
    blocks.loads = 0
    await expect(inferParameters(blocks, node.cid)).rejects.toMatchObject({ code: 'not_supported' })
    expect(blocks.loads).toBeLessThan(2_000)
  })

  it('are not found for a layout of another kind', async () => {
    const blocks = new MemoryBlocks()
    const leaf = (text: string) => ({ cid: blocks.raw(Buffer.from(text)), size: text.length })
    const root = blocks.node([leaf('aaaa'), leaf('bb'), leaf('cccc'), leaf('d')])
    expect(await inferParameters(blocks, root)).toMatchObject({ verified: false, profiles: [] })
  })
})
