import { randomBytes } from 'node:crypto'
import { carV1, cborBlock, inPieces, rawBlock, type TestBlock } from '@packages/content/car/test-cars'
import * as fc from 'fast-check'
import { CID } from 'multiformats/cid'
import { identity } from 'multiformats/hashes/identity'
import { expect, it } from 'vitest'
import { CarCounter } from './car-counter.ts'

const asVersion0 = ({ bytes }: TestBlock): TestBlock => {
  const { multihash } = rawBlock(bytes).cid
  return { cid: CID.create(0, 0x70, multihash), bytes }
}
const inItself = (bytes: Uint8Array): TestBlock => ({ cid: CID.createV1(0x55, identity.digest(bytes)), bytes })

const block = fc
  .tuple(fc.constantFrom('raw', 'v0', 'identity', 'cbor'), fc.nat(300))
  .map(([kind, length]): TestBlock => {
    const bytes = randomBytes(kind === 'identity' ? length % 128 : length)
    if (kind === 'cbor') return cborBlock({ bytes })
    return kind === 'v0' ? asVersion0(rawBlock(bytes)) : kind === 'identity' ? inItself(bytes) : rawBlock(bytes)
  })

it('counts sections and their bytes, however the CAR comes, and passes it on as it is', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(block, { maxLength: 12 }), fc.integer({ min: 1, max: 400 }), async (blocks, size) => {
      const car = carV1([rawBlock('root').cid], blocks)
      const counter = new CarCounter()
      const passed = Buffer.concat(await Array.fromAsync(counter.count(inPieces(car, size))))
      expect(passed.equals(car)).toBe(true)
      expect([counter.blocks, counter.bytes]).toEqual([
        blocks.length,
        blocks.reduce((sum, { bytes }) => sum + bytes.length, 0),
      ])
    }),
    { numRuns: 200 },
  )
})
