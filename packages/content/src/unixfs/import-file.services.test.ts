import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { importFile } from './import-file.ts'
import { importProfiles, type ImportProfileName } from './import-profile.ts'
import files from './vectors/files.json' with { type: 'json' }
import { KUBO_FLAGS, type KuboRepository, openKuboRepository } from './vectors/kubo-add.ts'
import { vectorBytes } from './vectors/vector-bytes.ts'
import { VECTOR_SIZES } from './vectors/vector-sizes.ts'

/** Above this size the real Kubo is not asked again: the committed vectors stand for it. */
const ASK_KUBO_UP_TO = 64 * 1024 * 1024

let kubo: KuboRepository
beforeAll(async () => {
  kubo = await openKuboRepository()
})
afterAll(() => kubo?.remove())

it('has a vector for each size of the table', () => {
  expect(files.vectors.map(({ size }) => size)).toEqual(VECTOR_SIZES)
})

describe.each(Object.keys(importProfiles) as ImportProfileName[])('a file by profile %s', (profile) => {
  it.each(files.vectors)('of $size bytes has the CID that Kubo gives it', async ({ size, cids }) => {
    const sink = { put: () => undefined }
    const { root } = await importFile(vectorBytes(size), { sink, profile: importProfiles[profile] })
    expect(root.toString()).toBe(cids[profile])
    if (size > ASK_KUBO_UP_TO) return
    expect(await kubo.add(vectorBytes(size), KUBO_FLAGS[profile])).toBe(cids[profile])
  })
})
