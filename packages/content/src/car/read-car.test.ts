import { CarWriter } from '@ipld/car'
import { asyncProperty, assert as check, array, integer, uint8Array } from 'fast-check'
import { CID } from 'multiformats/cid'
import { describe, expect, it } from 'vitest'
import { CAR_LIMITS } from '../dag/dag-limits.ts'
import { readCar } from './read-car.ts'
import { carV1, carV2, cborBlock, headerOf, inPieces, rawBlock, section, sha256, varintBytes } from './test-cars.ts'

const leaf = rawBlock('hello')
const other = rawBlock('world')
const root = cborBlock({ leaf: leaf.cid, other: other.cid })
const good = carV1([root.cid], [root, leaf, other])

const readAll = async (car: Uint8Array, pieces = 65_536, limits = CAR_LIMITS) => {
  const { version, roots, blocks } = await readCar(inPieces(car, pieces), { limits })
  const read = (await Array.fromAsync(blocks)).flat()
  return {
    version,
    roots: roots.map(String),
    blocks: read.map(({ cid, parts }) => [cid.toString(), Buffer.concat(parts).toString('latin1')]),
  }
}
const expected = {
  version: 1,
  roots: [root.cid.toString()],
  blocks: [root, leaf, other].map(({ cid, bytes }) => [cid.toString(), Buffer.from(bytes).toString('latin1')]),
}

describe('reading a CAR', () => {
  it.each([1, 2, 7, 36, 65_536])('gives roots and blocks in order, in pieces of %i bytes', async (size) => {
    expect(await readAll(good, size)).toEqual(expected)
    const framed = carV2(good, { padding: 13, index: Buffer.from('an index') })
    expect(await readAll(framed, size)).toEqual({ ...expected, version: 2 })
    expect(await readAll(carV2(good), size)).toEqual({ ...expected, version: 2 })
  })

  it('reads what @ipld/car writes, whatever the blocks and pieces', async () => {
    await check(
      asyncProperty(
        array(uint8Array({ maxLength: 400 }), { maxLength: 20 }),
        integer({ min: 1, max: 500 }),
        async (all, size) => {
          const blocks = all.map((bytes) => rawBlock(bytes))
          const { writer, out } = CarWriter.create(blocks.slice(0, 3).map(({ cid }) => cid))
          const written = Array.fromAsync(out)
          for (const block of blocks) await writer.put(block)
          await writer.close()
          const read = await readAll(Buffer.concat(await written), size)
          expect(read.roots).toEqual(blocks.slice(0, 3).map(({ cid }) => cid.toString()))
          expect(read.blocks.map(([cid]) => cid)).toEqual(blocks.map(({ cid }) => cid.toString()))
        },
      ),
      { numRuns: 100 },
    )
  })

  it('takes CIDs of version 0 and of identity, empty blocks, no roots, and zeros at the end', async () => {
    const empty = {
      bytes: new Uint8Array([0x0a, 0x02, 0x08, 0x01]),
      cid: sha256(0x70, new Uint8Array([0x0a, 0x02, 0x08, 0x01])),
    }
    const v0 = { ...empty, cid: CID.createV0(empty.cid.multihash as never) }
    const inline = { cid: CID.decode(Uint8Array.of(1, 0x55, 0, 2, 104, 105)), bytes: new TextEncoder().encode('hi') }
    const nothing = rawBlock('')
    const car = Buffer.concat([carV1([], [v0, inline, nothing]), Buffer.alloc(1_000)])
    for (const size of [3, 65_536]) {
      const read = await readAll(car, size)
      expect(read.roots).toEqual([])
      expect(read.blocks.map(([cid]) => cid)).toEqual([v0, inline, nothing].map(({ cid }) => cid.toString()))
    }
  })

  it('tells that it is cut off wherever it is cut off', async () => {
    // A CARv1 may end behind any section: whoever made it is the only one to know.
    const ends = new Set<number>()
    let end = headerOf({ roots: [root.cid], version: 1 }).length
    for (const block of [root, leaf, other]) {
      ends.add(end)
      end += section(block).length
    }
    for (let length = 0; length < good.length; length++) {
      if (ends.has(length)) continue
      const cut = readAll(good.subarray(0, length), 50)
      await expect(cut, `at ${length}`).rejects.toMatchObject({ code: 'truncated_body' })
    }
    const framed = carV2(good, { padding: 9 })
    for (let length = 0; length < framed.length; length++)
      await expect(readAll(framed.subarray(0, length)), `at ${length}`).rejects.toMatchObject({
        code: 'truncated_body',
      })
  })

  it('gives nothing else than the whole or an error when a byte is changed', async () => {
    for (let at = 0; at < good.length; at++) {
      const changed = Buffer.from(good)
      changed[at] = (changed[at] as number) ^ 0x41
      const read = await readAll(changed, 64).catch((error: unknown) => {
        expect(error, `at ${at}`).toMatchObject({ name: 'HoldfastError' })
        return undefined
      })
      // No hash is over the roots and the codecs: what they say is only known when the blocks are looked for.
      if (read !== undefined)
        expect(read.blocks.map(([, bytes]) => bytes)).toEqual(expected.blocks.map(([, bytes]) => bytes))
    }
  })

  it('does not read past the end of the data, and lets go of the source on an error', async () => {
    let returned = false
    const source = (async function* () {
      try {
        yield good
        yield Buffer.from([1, 2, 3])
        for (;;) yield Buffer.alloc(10)
      } finally {
        returned = true
      }
    })()
    const { blocks } = await readCar(source)
    await expect(Array.fromAsync(blocks)).rejects.toMatchObject({ name: 'HoldfastError' })
    expect(returned).toBe(true)
  })

  it('keeps one block and one piece in memory, and copies neither', async () => {
    const big = rawBlock(Buffer.alloc(1_000_000, 7))
    const car = carV1([big.cid], [big])
    const { blocks } = await readCar(inPieces(car, 65_536))
    const [run] = await Array.fromAsync(blocks)
    expect(run?.[0]?.parts.length).toBeGreaterThan(10)
    for (const part of run?.[0]?.parts ?? []) expect(part.buffer).toBe(car.buffer)
  })

  it('does not wait for more bytes than it needs to refuse', async () => {
    const source = (async function* () {
      yield Buffer.concat([varintBytes(2 ** 30), Buffer.from('x')])
      throw new Error('asked for more')
    })()
    await expect(readCar(source)).rejects.toMatchObject({ code: 'invalid_car' })
  })
})
