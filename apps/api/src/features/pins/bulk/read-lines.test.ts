import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { inChunks, type Line, readLines } from './read-lines.ts'

const LIMITS = { lines: 100_000, lineBytes: 100 }

async function* pieces(bytes: Uint8Array, sizes: number[]): AsyncGenerator<Uint8Array> {
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const size = sizes.length === 0 ? bytes.length : (sizes[turn % sizes.length] ?? 1)
    yield bytes.subarray(at, at + size)
    at += size
  }
}
const lines = async (
  text: string | Uint8Array,
  { sizes = [], ...limits }: { sizes?: number[]; lines?: number; headerLines?: number } = {},
) => {
  const bytes = typeof text === 'string' ? Buffer.from(text) : text
  return (await Array.fromAsync(readLines(pieces(bytes, sizes), { ...LIMITS, ...limits }))).map(
    ({ number, bytes: line }) => [number, line?.toString()],
  )
}
async function* counted(count: number, bytes = 10): AsyncGenerator<Line> {
  for (let number = 1; number <= count; number++) yield { number, bytes: Buffer.alloc(bytes) }
}

async function* broken(): AsyncGenerator<Line> {
  yield* counted(150)
  throw new Error('cut')
}

describe('readLines', () => {
  it('gives the same lines however the body is cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.string({ unit: 'grapheme', maxLength: 20 }).map((text) => text.replaceAll(/[\n\r\uFEFF]/g, ''))),
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 }),
        async (texts, sizes) => {
          const expected = texts.flatMap((text, at) => (text === '' ? [] : [[at + 1, text]]))
          expect(await lines(texts.join('\n'), { sizes })).toEqual(expected)
          expect(await lines(`${texts.join('\r\n')}\r\n`, { sizes })).toEqual(expected)
        },
      ),
      { numRuns: 50 },
    )
  })

  it.each([
    ['nothing', '', []],
    [
      'a last line without its end',
      'a\nb',
      [
        [1, 'a'],
        [2, 'b'],
      ],
    ],
    [
      'empty lines are counted',
      'a\n\n\r\nb\n',
      [
        [1, 'a'],
        [4, 'b'],
      ],
    ],
    [
      'a byte order mark',
      '\uFEFFa\n\uFEFFb',
      [
        [1, 'a'],
        [2, '\uFEFFb'],
      ],
    ],
    ['only line ends', '\n\n\n', []],
  ])('%s', async (_, text, expected) => {
    expect(await lines(text)).toEqual(expected)
  })

  it('passes a line by that is too long, wherever it is cut, and goes on', async () => {
    const long = 'x'.repeat(101)
    for (const sizes of [[], [1], [50], [100], [101], [102]])
      expect(await lines(`a\n${long}\nb\n${long}`, { sizes })).toEqual([
        [1, 'a'],
        [2, undefined],
        [3, 'b'],
        [4, undefined],
      ])
    expect(await lines('x'.repeat(100))).toEqual([[1, 'x'.repeat(100)]])
  })

  it('ends behind the last line that is allowed; empty ones do not count', async () => {
    expect(await lines('a\n\nb\n', { lines: 2 })).toHaveLength(2)
    await expect(lines('a\nb\nc\n', { lines: 2 })).rejects.toMatchObject({ code: 'payload_too_large' })
    expect(await lines('names\na\nb\n', { lines: 2, headerLines: 1 })).toHaveLength(3)
    await expect(lines('names\na\nb\nc\n', { lines: 2, headerLines: 1 })).rejects.toMatchObject({
      detail: 'A request has 2 lines at most.',
    })
  })

  it('refuses a body of nothing but line ends, which would never cost anything', async () => {
    expect(await lines('\n\na\n\r\nb\n', { lines: 3 })).toHaveLength(2)
    await expect(lines('\n\na\n\r\nb\n\n', { lines: 3 })).rejects.toMatchObject({
      code: 'payload_too_large',
      detail: 'A request has 3 empty lines at most.',
    })
  })
})

describe('inChunks', () => {
  it('cuts by lines and by bytes, and tells all lines once', async () => {
    const limits = { chunkLines: 100, chunkBytes: 5_000 }
    const sizes = async (of: AsyncIterable<Line>) => (await Array.fromAsync(inChunks(of, limits))).map((c) => c.length)
    expect(await sizes(counted(0))).toEqual([])
    expect(await sizes(counted(250))).toEqual([100, 100, 50])
    expect(await sizes(counted(100))).toEqual([100])
    expect(await sizes(counted(7, 2_000))).toEqual([3, 3, 1])
  })

  it('hands on what came before the body broke off, then tells why', async () => {
    const seen: number[] = []
    const read = async () => {
      for await (const chunk of inChunks(broken(), { chunkLines: 100, chunkBytes: 5_000 })) seen.push(chunk.length)
    }
    await expect(read()).rejects.toThrow('cut')
    expect(seen).toEqual([100, 50])
  })
})
