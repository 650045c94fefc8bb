import { expect, test } from 'vitest'
import { textBlock } from '../block-store/test-dags.ts'
import { ReadThrough } from './read-through.ts'

const a = textBlock('a')

const setUp = (get: () => Promise<Uint8Array | undefined>) => {
  const kept = new Map<string, Uint8Array>()
  const asked: string[] = []
  const reading = new ReadThrough({
    nodes: (holders) => ({ get: (cid) => (asked.push(`${holders.join()} ${cid}`), get()) }),
    cache: {
      get: async (cid) => kept.get(cid.toString()),
      keep: (cid, bytes) => void kept.set(cid.toString(), bytes),
    },
  })
  return { reading, asked, kept }
}

test('many who ask at the same time cost one fetch, and what was read is kept', async () => {
  const { promise, resolve } = Promise.withResolvers<Uint8Array>()
  const { reading, asked, kept } = setUp(() => promise)
  const answers = Promise.all(Array.from({ length: 20 }, () => reading.from(['n1', 'n2']).get(a.cid)))
  resolve(a.bytes)
  expect(new Set(await answers)).toEqual(new Set([a.bytes]))
  expect(asked).toHaveLength(1)
  expect(kept.size).toBe(1)
  await reading.from(['n1', 'n2']).get(a.cid)
  expect([asked.length, reading.fetchedBlocks]).toEqual([1, 1])
})

test('who gives up does not take it from the others', async () => {
  const { promise, resolve } = Promise.withResolvers<Uint8Array>()
  const { reading, asked } = setUp(() => promise)
  const impatient = new AbortController()
  const [first, second] = [
    reading.from(['n1']).get(a.cid, { signal: impatient.signal }),
    reading.from(['n1']).get(a.cid),
  ]
  await expect.poll(() => asked.length).toBe(1)
  impatient.abort(new Error('enough'))
  await expect(first).rejects.toThrow('enough')
  resolve(a.bytes)
  expect(await second).toBe(a.bytes)
  await expect(reading.from(['n1']).get(a.cid, { signal: impatient.signal })).rejects.toThrow('enough')
})

test('what no node has, or can give, is kept nowhere, and the next one asks again', async () => {
  const answers: (Uint8Array | Error | undefined)[] = [undefined, new Error('no node answers'), a.bytes]
  const { reading, asked, kept } = setUp(async () => {
    const answer = answers.shift()
    if (answer instanceof Error) throw answer
    return answer
  })
  expect(await reading.from(['n1']).get(a.cid)).toBeUndefined()
  await expect(reading.from(['n1']).get(a.cid)).rejects.toThrow('no node answers')
  expect(await reading.from(['n1']).get(a.cid)).toBe(a.bytes)
  expect([asked.length, kept.size]).toEqual([3, 1])
})

test('no more than 64 are fetched at the same time, and all come to their turn', async () => {
  let running = 0
  let most = 0
  const { reading } = setUp(async () => {
    most = Math.max(most, ++running)
    await new Promise((resolve) => setImmediate(resolve))
    running--
    return a.bytes
  })
  const blocks = Array.from({ length: 300 }, (_, index) => textBlock(`${index}`))
  const got = await Promise.all(blocks.map(({ cid }) => reading.from(['n1']).get(cid)))
  expect(got.every((bytes) => bytes === a.bytes)).toBe(true)
  expect(most).toBe(64)
})
