import { decode, encode, prepare } from '@ipld/dag-pb'
import { array, assert as check, integer, option, property, record, string, uint8Array } from 'fast-check'
import { CID } from 'multiformats/cid'
import { expect, it } from 'vitest'
import { rawCid } from './block-cid.ts'
import { decodePbNode } from './pb-node-decode.ts'

const links = array(record({ Name: string(), Tsize: integer({ min: 0 }), seed: uint8Array({ maxLength: 4 }) }))

it('finds the links and the data of a node where the reference codec does', () => {
  check(
    property(links, option(uint8Array({ minLength: 1 }), { nil: undefined }), (given, data) => {
      const Links = given.map(({ Name, Tsize, seed }) => ({ Name, Tsize, Hash: rawCid(seed) }))
      const block = encode(prepare({ Links, ...(data && { Data: data }) }))
      const expected = decode(block)
      const node = decodePbNode(block)
      const cids = node.links.map(({ start, end }) => CID.decode(block.subarray(start, end)).toString())
      expect(cids).toEqual(expected.Links.map(({ Hash }) => Hash.toString()))
      const found = node.data && Buffer.from(block.subarray(node.data.start, node.data.end))
      expect(found).toEqual(expected.Data && Buffer.from(expected.Data))
    }),
  )
})

const accepts = (run: () => unknown): boolean => {
  try {
    run()
    return true
  } catch {
    return false
  }
}

it('reads each damaged node that the reference codec still reads', () => {
  let read = 0
  check(
    property(links, integer({ min: 0 }), integer({ min: 0, max: 255 }), (given, at, byte) => {
      const Links = given.map(({ Name, Tsize, seed }) => ({ Name, Tsize, Hash: rawCid(seed) }))
      const block = encode(prepare({ Links, Data: new Uint8Array([1, 2, 3]) }))
      block[at % block.length] = byte
      if (!accepts(() => decode(block))) return
      read++
      expect(accepts(() => decodePbNode(block))).toBe(true)
    }),
    { numRuns: 2000 },
  )
  expect(read).toBeGreaterThan(100)
})
