import { expect, test } from 'vitest'
import { BlockListWriter, decodeBlockList, encodeBlockList, LIST_CODEC } from './block-list.ts'
import { rawBlock } from './test-dags.ts'

const cids = (count: number) =>
  Array.from({ length: count }, (_, i) => rawBlock(new Uint8Array(new Uint32Array([i]).buffer)).cid)

test.each([0, 1, 8_192, 8_193, 20_000])(
  'a list of %i CIDs reads back in order, children before parents',
  async (count) => {
    const wanted = cids(count)
    const { root, blocks } = await encodeBlockList(wanted)
    const byCid = new Map(blocks.map(({ cid, bytes }) => [String(cid), decodeBlockList(bytes)]))
    expect(blocks.at(-1)?.cid.equals(root)).toBe(true)
    const read = (cid: string): string[] =>
      (byCid.get(cid) ?? []).flatMap((child) => (child.code === LIST_CODEC ? read(String(child)) : [String(child)]))
    expect(read(String(root))).toEqual(wanted.map(String))
    expect(blocks.every(({ bytes }) => bytes.length < 512 * 1024)).toBe(true)
    expect(blocks.length).toBe(count <= 8_192 ? 1 : Math.ceil(count / 8_192) + 1)
  },
)

test('blocks go out as soon as they are full', async () => {
  const sizes: number[] = []
  const writer = new BlockListWriter({ put: (_, bytes) => void sizes.push(bytes.length) })
  for (const cid of cids(8_193)) await writer.add(cid)
  expect(sizes).toHaveLength(1)
})

test('refuses what is no list', () => {
  expect(() => decodeBlockList(Buffer.from('hfl2'))).toThrow()
  expect(() => decodeBlockList(Buffer.from('hfl1\x05abc'))).toThrow()
})
