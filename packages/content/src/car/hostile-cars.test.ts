import { randomUUIDv7 } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { encode as encodePb, prepare } from '@ipld/dag-pb'
import { asyncProperty, assert as check, uint8Array } from 'fast-check'
import { CID } from 'multiformats/cid'
import * as Digest from 'multiformats/hashes/digest'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { LIST_CODEC } from '../block-store/block-list.ts'
import { BlockStore } from '../block-store/block-store.ts'
import { CAR_LIMITS, type CarLimits } from '../dag/dag-limits.ts'
import { walkDag } from '../dag/walk-dag.ts'
import { importCar } from './import-car.ts'
import {
  carV1,
  carV2,
  cborBlock,
  headerOf,
  inPieces,
  rawBlock,
  section,
  sha256,
  type TestBlock,
  varintBytes,
} from './test-cars.ts'

let directory: string
let store: BlockStore
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'hf-car-'))
  store = await BlockStore.open({ directory, noIndexSync: true })
})
afterAll(async () => {
  await store.close()
  await rm(directory, { recursive: true, force: true })
})

const take = (car: Uint8Array | AsyncIterable<Uint8Array>, limits: CarLimits = CAR_LIMITS) =>
  importCar(car instanceof Uint8Array ? inPieces(car) : car, {
    store,
    newContentId: () => randomUUIDv7(),
    incomplete: 'refuse',
    limits,
  })
const release = async (car: Awaited<ReturnType<typeof take>>): Promise<void> => {
  for (const { contentId } of car.state === 'whole' ? car.roots : []) {
    await store.release(contentId)
    store.settle(contentId)
  }
  await store.idle()
}

const leaf = rawBlock('leaf')
const head = headerOf({ roots: [leaf.cid], version: 1 })
const good = section(leaf)
const ofCodec = (codec: number, bytes: Uint8Array): TestBlock => ({ cid: sha256(codec, bytes), bytes })
const withHash = (code: number, digest: Uint8Array): TestBlock => ({
  cid: CID.createV1(0x55, Digest.create(code, digest)),
  bytes: leaf.bytes,
})
const alone = (block: TestBlock): Buffer => carV1([block.cid], [block])
const deepJson = Buffer.from(`${'['.repeat(100_000)}${']'.repeat(100_000)}`)
const deepCbor = Buffer.concat([Buffer.alloc(100_000, 0x81), Buffer.from([0x80])])
const identity = (bytes: Uint8Array, codec = 0x55): CID => CID.createV1(codec, Digest.create(0, bytes))
/** A node inside of an identity CID, inside of … as deep as 128 bytes let it. */
const nested = (): CID => {
  let cid = identity(Buffer.from('x'))
  for (;;) {
    const bytes = encodePb(prepare({ Links: [cid] }))
    if (bytes.length > 128) return cid
    cid = identity(bytes, 0x70)
  }
}
const long = ofCodec(0x70, encodePb(prepare({ Links: [identity(Buffer.alloc(129))] })))
const longList = ofCodec(0x70, encodePb(prepare({ Links: [sha256(LIST_CODEC, leaf.bytes)] })))

describe('a CAR that is made to hurt', () => {
  it.each<[string, Uint8Array, string]>([
    ['no bytes', Buffer.alloc(0), 'truncated_body'],
    ['no CAR', Buffer.from('<!doctype html><title>hello</title>'), 'truncated_body'],
    ['a header of a gigabyte', varintBytes(2 ** 30), 'invalid_car'],
    ['a header of more than a mebibyte', Buffer.concat([varintBytes(2 ** 20 + 1), head]), 'payload_too_large'],
    ['a header of no bytes', Buffer.from([0]), 'invalid_car'],
    ['a header that is no CBOR', Buffer.concat([varintBytes(5), Buffer.from([0xff, 1, 2, 3, 4])]), 'invalid_car'],
    ['a header that is a list', headerOf([1, 2]), 'invalid_car'],
    [
      'a header with a list of 2^32 roots',
      Buffer.from('0fa265726f6f74739affffffff6776657273', 'hex'),
      'payload_too_large',
    ],
    ['roots that are no CIDs', headerOf({ roots: ['x'], version: 1 }), 'invalid_car'],
    ['a third field', headerOf({ roots: [], version: 1, more: 1 }), 'invalid_car'],
    ['version 3', headerOf({ roots: [], version: 3 }), 'invalid_car'],
    ['a length of more bytes than needed', Buffer.concat([Buffer.from([0x80 | head.length, 0]), head]), 'invalid_car'],
    [
      '20,000 roots',
      headerOf({ roots: Array.from({ length: 20_000 }, () => leaf.cid), version: 1 }),
      'payload_too_large',
    ],
    ['a section of a gigabyte', Buffer.concat([head, varintBytes(2 ** 30)]), 'invalid_car'],
    ['a section of 2^63', Buffer.concat([head, Buffer.alloc(9, 0xff), Buffer.from([0x7f])]), 'invalid_car'],
    ['a block of more than 2 MiB', alone(rawBlock(Buffer.alloc(2 * 2 ** 20 + 1))), 'payload_too_large'],
    ['a section of no bytes before others', Buffer.concat([head, Buffer.from([0]), good]), 'invalid_car'],
    ['a section shorter than its CID', Buffer.concat([head, varintBytes(10), good]), 'invalid_car'],
    ['bytes behind the last section', Buffer.concat([head, good, Buffer.from([5, 1, 2, 3, 4, 5])]), 'invalid_car'],
    ['the bytes of another block', carV1([leaf.cid], [{ ...leaf, bytes: Buffer.from('else') }]), 'invalid_car'],
    ['a CARv2 in a CARv2', carV2(carV2(carV1([], []))), 'invalid_car'],
    [
      'a CARv2 whose data begins in its header',
      carV2(carV1([], []), { padding: -1 + 1 }).fill(1, 27, 28),
      'invalid_car',
    ],
    ['a CARv2 of 2^60 bytes', carV2(carV1([], [])).fill(0x10, 42, 43), 'invalid_car'],
    ['a CARv2 that was not finished', carV2(carV1([], [])).fill(0, 35, 43), 'invalid_car'],
    ['blake3', alone(withHash(0x1e, new Uint8Array(32))), 'unsupported_cid'],
    ['sha1', alone(withHash(0x11, new Uint8Array(20))), 'unsupported_cid'],
    ['a sha2-256 of 20 bytes', alone(withHash(0x12, new Uint8Array(20))), 'unsupported_cid'],
    ['an unknown codec', alone(ofCodec(0x300099, leaf.bytes)), 'unsupported_cid'],
    ['a list of ours', alone(ofCodec(LIST_CODEC, leaf.bytes)), 'unsupported_cid'],
    ['a link to a list of ours', alone(longList), 'unsupported_cid'],
    ['a root that is a list of ours', carV1([sha256(LIST_CODEC, leaf.bytes)], [leaf]), 'unsupported_cid'],
    [
      'an identity CID of 129 bytes',
      alone({ cid: identity(Buffer.alloc(129)), bytes: Buffer.alloc(129) }),
      'unsupported_cid',
    ],
    ['a link to an identity CID of 129 bytes', alone(long), 'unsupported_cid'],
    [
      'an identity CID with other bytes',
      alone({ cid: identity(Buffer.from('a')), bytes: Buffer.from('b') }),
      'invalid_car',
    ],
    ['DAG-CBOR nested 100,000 deep', alone(ofCodec(0x71, deepCbor)), 'invalid_car'],
    ['DAG-JSON nested 100,000 deep', alone(ofCodec(0x0129, deepJson)), 'invalid_car'],
    ['a dag-pb block that is none', alone(ofCodec(0x70, Buffer.from([0x12, 0xff]))), 'invalid_car'],
  ])('is refused, and nothing of it is kept: %s', async (_, car, code) => {
    await expect(take(car)).rejects.toMatchObject({ name: 'HoldfastError', code })
    expect(await Array.fromAsync(store.roots())).toEqual([])
    expect(store.inFlight().size).toBe(0)
    expect((await store.stats()).blocks).toBe(0)
  })

  it('costs what it sends: tiny blocks, CIDs and links are counted', async () => {
    const few = { ...CAR_LIMITS, freeSections: 100, freeCids: 100, maxLinks: 200 }
    const tiny = Array.from({ length: 200 }, (_, index) => rawBlock(`${index}`))
    await expect(take(carV1([leaf.cid], [leaf, ...tiny]), few)).rejects.toMatchObject({ code: 'payload_too_large' })
    const repeated = Array.from({ length: 200 }, () => leaf)
    await expect(take(carV1([leaf.cid], repeated), few)).rejects.toMatchObject({ code: 'payload_too_large' })
    const links = cborBlock(tiny.map(({ cid }) => cid))
    await expect(take(carV1([links.cid], [links]), few)).rejects.toMatchObject({ code: 'payload_too_large' })
    const paid = Array.from({ length: 200 }, (_, index) => rawBlock(Buffer.alloc(500, index)))
    await release(await take(carV1([leaf.cid], [leaf, ...paid]), few))
  })

  it('may nest identity CIDs, and is stored', async () => {
    const root = ofCodec(0x70, encodePb(prepare({ Links: [nested()] })))
    await release(await take(alone(root)))
  })

  it('does not crash on any bytes', async () => {
    await check(
      asyncProperty(uint8Array({ maxLength: 200 }), async (bytes) => {
        for (const car of [bytes, Buffer.concat([head, bytes])]) {
          const taken = await take(car).catch((error: unknown) => error)
          if (taken instanceof Error) expect(taken).toMatchObject({ name: 'HoldfastError' })
        }
      }),
      { numRuns: 500 },
    )
  })
})

const exported = async (root: CID): Promise<number> => {
  let blocks = 0
  for await (const { bytes } of walkDag(store.reader('public'), root)) blocks += bytes.length > 0 ? 1 : 0
  return blocks
}

describe('a DAG that is made to hurt', () => {
  it('is stored and given again in as many steps as it has blocks: 20,000 deep', async () => {
    const chain: TestBlock[] = [leaf]
    for (let depth = 0; depth < 20_000; depth++) chain.push(cborBlock([(chain.at(-1) as TestBlock).cid]))
    const root = chain.at(-1) as TestBlock
    const car = await take(carV1([root.cid], chain.toReversed()))
    expect(await exported(root.cid)).toBe(20_001)
    await release(car)
  })

  it('is stored and given again in as many steps as it has blocks: 2^30 repeats', async () => {
    const doubled: TestBlock[] = [leaf]
    for (let depth = 0; depth < 30; depth++) {
      const { cid } = doubled.at(-1) as TestBlock
      doubled.push(cborBlock([cid, cid]))
    }
    const root = doubled.at(-1) as TestBlock
    const car = await take(carV1([root.cid], doubled))
    expect(car).toMatchObject({ state: 'whole', roots: [{ blocks: 31 }] })
    expect(await exported(root.cid)).toBe(31)
    await release(car)
  })

  it('ends where the limits of a walk are', async () => {
    const chain: TestBlock[] = [leaf]
    for (let depth = 0; depth < 20; depth++) chain.push(cborBlock([(chain.at(-1) as TestBlock).cid]))
    const root = chain.at(-1) as TestBlock
    const car = await take(carV1([root.cid], chain))
    const limits = { maxWalkDepth: 100, maxBlocks: 100, maxBytes: 10_000 }
    for (const one of [{ maxWalkDepth: 10 }, { maxBlocks: 10 }, { maxBytes: 100 }]) {
      const walk = walkDag(store.reader('public'), root.cid, { limits: { ...limits, ...one } })
      await expect(Array.fromAsync(walk)).rejects.toMatchObject({ code: 'not_supported' })
    }
    await release(car)
  })
})
