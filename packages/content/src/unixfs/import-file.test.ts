import { createHash } from 'node:crypto'
import { array, assert as check, asyncProperty, boolean, constantFrom, integer, record, uint8Array } from 'fast-check'
import { MemoryBlockstore } from 'blockstore-core'
import { exporter } from 'ipfs-unixfs-exporter'
import { importer } from 'ipfs-unixfs-importer'
import { fixedSize } from 'ipfs-unixfs-importer/chunker'
import { balanced } from 'ipfs-unixfs-importer/layout'
import type { CID } from 'multiformats/cid'
import { describe, expect, it } from 'vitest'
import { importFile } from './import-file.ts'
import { importProfiles, type FileProfile, type ImportProfileName } from './import-profile.ts'
import files from './vectors/files.json' with { type: 'json' }
import { vectorBytes } from './vectors/vector-bytes.ts'

const profileNames = Object.keys(importProfiles) as ImportProfileName[]
const nowhere = { put: () => undefined }
const MiB = 1_048_576

async function* inPieces(bytes: Uint8Array, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const size = sizes[turn % sizes.length] ?? bytes.length
    yield bytes.subarray(at, at + size)
    at += size
  }
}

async function* broken(): AsyncGenerator<Uint8Array> {
  yield new Uint8Array(3)
  throw new Error('connection lost')
}

/** A sink that checks each block's hash and remembers the CIDs. */
const collector = () => {
  const blocks = new Set<string>()
  const blockstore = new MemoryBlockstore()
  const put = async (cid: CID, bytes: unknown): Promise<CID> => {
    const hasher = createHash('sha256').update(bytes as Uint8Array)
    expect(Buffer.from(cid.multihash.digest)).toEqual(hasher.digest())
    blocks.add(cid.toString())
    return blockstore.put(cid, bytes as Uint8Array)
  }
  return { blocks, blockstore, put }
}

/** The large vectors that this suite computes; all of them are checked by import-file.services.test.ts. */
const QUICK: Record<ImportProfileName, (size: number) => boolean> = {
  'unixfs-v1-2025': (size) => size <= 64 * MiB || size === 1024 * MiB || size === 1024 * MiB + 1,
  'unixfs-v0-2015': (size) => size <= 64 * MiB || size === 256 * MiB || size === 256 * MiB + 1,
}

describe.each(profileNames)('a file by profile %s', (name) => {
  const vectors = files.vectors.filter(({ size }) => QUICK[name](size))

  it.each(vectors)('of $size bytes has the CID that Kubo gives it', async ({ size, cids }) => {
    const { root, size: counted } = await importFile(vectorBytes(size), {
      sink: nowhere,
      profile: importProfiles[name],
    })
    expect(root.toString()).toBe(cids[name])
    expect(counted).toBe(size)
  })
})

describe('importFile', () => {
  it('builds the same blocks as ipfs-unixfs-importer, which ipfs-unixfs-exporter reads back, whatever the chunk size, the width and the pieces', async () => {
    const parameters = record({
      bytes: uint8Array({ maxLength: 3000 }),
      chunk: integer({ min: 1, max: 400 }),
      maxLinks: integer({ min: 2, max: 9 }),
      cidVersion: constantFrom(0 as const, 1 as const),
      rawLeaves: boolean(),
      pieces: array(integer({ min: 1, max: 900 }), { minLength: 1, maxLength: 4 }),
    })
    await check(
      asyncProperty(parameters, async ({ bytes, chunk, maxLinks, cidVersion, rawLeaves, pieces }) => {
        const profile: FileProfile = { cidVersion, rawLeaves, chunker: { kind: 'fixed', size: chunk }, maxLinks }
        const ours = collector()
        const made = await importFile(inPieces(bytes, pieces), {
          sink: { put: async (cid, block) => void (await ours.put(cid, block)) },
          profile,
        })
        const theirs = collector()
        const oracle = importer([{ content: inPieces(bytes, pieces) }], theirs, {
          cidVersion,
          rawLeaves,
          chunker: fixedSize({ chunkSize: chunk }),
          layout: balanced({ maxChildrenPerNode: maxLinks }),
        })
        const [expected] = await Array.fromAsync(oracle)
        expect(made.root.toString()).toBe(expected?.cid.toString())
        expect(BigInt(made.dagSize)).toBe(expected?.size)
        expect([...ours.blocks].sort()).toEqual([...theirs.blocks].sort())

        const exported = await exporter(made.root, ours.blockstore)
        if (!('content' in exported)) throw new Error('the reference exporter sees no file')
        const read = await Array.fromAsync(exported.content() as AsyncIterable<Uint8Array>)
        expect(Buffer.concat(read).equals(bytes)).toBe(true)
      }),
      { numRuns: 300 },
    )
  })

  it('gives children before parents, each block with its own hash', async () => {
    const seen: string[] = []
    const profile: FileProfile = { cidVersion: 1, rawLeaves: true, chunker: { kind: 'fixed', size: 10 }, maxLinks: 3 }
    const sink = { put: (cid: CID) => void seen.push(cid.toString()) }
    const { root, blocks } = await importFile(vectorBytes(95), { sink, profile })
    expect(seen.at(-1)).toBe(root.toString())
    expect(seen).toHaveLength(blocks)
    expect(blocks).toBe(10 + 4 + 2 + 1)
  })

  it('waits for the sink before it takes more', async () => {
    let open = 0
    let highest = 0
    const sink = {
      put: async () => {
        highest = Math.max(highest, ++open)
        await new Promise((resolve) => setTimeout(resolve, 1))
        open--
      },
    }
    const profile: FileProfile = { cidVersion: 1, rawLeaves: true, chunker: { kind: 'fixed', size: 10 }, maxLinks: 3 }
    await importFile(vectorBytes(200), { sink, profile })
    expect(highest).toBe(1)
  })

  it('holds one chunk at most when the bytes come one by one', async () => {
    const profile = importProfiles['unixfs-v1-2025']
    const dribbled = await importFile(vectorBytes(70_000, 1), { sink: nowhere, profile })
    const whole = await importFile(vectorBytes(70_000), { sink: nowhere, profile })
    expect(dribbled.root.toString()).toBe(whole.root.toString())
  })

  it('ends with the reason of the signal while the source gives nothing, and closes the source', async () => {
    let closed = false
    const stuck: AsyncIterable<Uint8Array> = {
      [Symbol.asyncIterator]: () => ({
        next: () => new Promise(() => undefined),
        return: async () => {
          closed = true
          return { done: true as const, value: undefined }
        },
      }),
    }
    const profile = importProfiles['unixfs-v1-2025']
    const aborted = importFile(stuck, { sink: nowhere, profile, signal: AbortSignal.timeout(20) })
    await expect(aborted).rejects.toMatchObject({ name: 'TimeoutError' })
    expect(closed).toBe(true)
  })

  it('lets others have their turn while one piece becomes very many chunks, and ends there when it is aborted', async () => {
    const profile: FileProfile = { ...importProfiles['unixfs-v1-2025'], chunker: { kind: 'fixed', size: 1 } }
    let blocks = 0
    const counting = { put: () => void blocks++ }
    const aborted = importFile(vectorBytes(65_536), { sink: counting, profile, signal: AbortSignal.timeout(1) })
    await expect(aborted).rejects.toMatchObject({ name: 'TimeoutError' })
    expect(blocks).toBeLessThan(65_536)
  })

  it('passes on what the source and the sink throw', async () => {
    const profile = importProfiles['unixfs-v0-2015']
    const full = {
      put: async () => {
        throw new Error('disk full')
      },
    }
    await expect(importFile(vectorBytes(10), { sink: full, profile })).rejects.toThrow('disk full')
    await expect(importFile(broken(), { sink: nowhere, profile })).rejects.toThrow('connection lost')
  })

  it.each([
    { chunker: { kind: 'fixed' as const, size: 0 } },
    { chunker: { kind: 'fixed' as const, size: 2 * MiB } },
    { maxLinks: 1 },
    { maxLinks: 100_000 },
  ])('refuses the parameters %o', async (change) => {
    const profile = { ...importProfiles['unixfs-v1-2025'], ...change }
    await expect(importFile(vectorBytes(1), { sink: nowhere, profile })).rejects.toMatchObject({
      code: 'invalid_request',
    })
  })
})
