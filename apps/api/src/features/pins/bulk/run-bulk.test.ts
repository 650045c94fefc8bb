import { HoldfastError } from '@packages/shared/holdfast-error'
import { describe, expect, it } from 'vitest'
import { type BulkWork, runBulk } from './run-bulk.ts'

/** Nothing is kept here, so nobody is asked. */
const idempotency = {
  claim: () => Promise.reject(new Error('no key')),
  fingerprint: () => Buffer.alloc(0),
}
const bulkLimits = { lines: 100_000, lineBytes: 100, chunkLines: 1_000, chunkBytes: 1_000_000 }

type Outcome = { said: string }
const work = (more: Partial<BulkWork<string, Outcome>> = {}): BulkWork<string, Outcome> => ({
  read: (bytes) => bytes.toString(),
  work: async (values) => values.map((said) => ({ said })),
  charge: async () => undefined,
  key: null,
  ...more,
})
async function* body(lines: number, error?: Error): AsyncGenerator<Uint8Array> {
  for (let n = 1; n <= lines; n++) yield Buffer.from(`${n}\n`)
  if (error !== undefined) throw error
}
const run = async (bytes: AsyncIterable<Uint8Array>, more: Partial<BulkWork<string, Outcome>> = {}) => {
  const { output, ended } = await runBulk({ idempotency, bulkLimits }, bytes, work(more))
  await ended
  return Buffer.concat(await output.toArray())
    .toString()
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line))
}

describe('runBulk', () => {
  it('tells of 100,000 lines in order, though nobody reads until the end', async () => {
    const told = await run(body(100_000))
    expect(told).toHaveLength(100_001)
    expect(told[99_999]).toEqual({ line: 100_000, said: '100000' })
    expect(told.at(-1)).toEqual({ summary: { lines: 100_000, done: 100_000, refused: 0 } })
  })

  it('does not read on further than the next chunk while one is worked off', async () => {
    let read = 0
    async function* counted() {
      for await (const piece of body(10_000)) {
        read++
        yield piece
      }
    }
    const ahead: number[] = []
    let done = 0
    await run(counted(), {
      work: async (values) => {
        await new Promise((resolve) => setImmediate(resolve))
        done += values.length
        ahead.push(read - done)
        return values.map((said) => ({ said }))
      },
    })
    expect(Math.max(...ahead)).toBeLessThanOrEqual(1_000)
  })

  it('says why a body that breaks off was not worked off to its end', async () => {
    const told = await run(body(1_500, new HoldfastError('truncated_body', { detail: 'The connection was closed.' })))
    expect(told).toHaveLength(1_501)
    expect(told.at(-1)).toEqual({
      summary: { lines: 1_500, done: 1_500, refused: 0 },
      error: { code: 'truncated_body', detail: 'The connection was closed.' },
    })
  })

  it('fails as a whole before the first line is told, and is cut by what is no refusal after it', async () => {
    const limited = new HoldfastError('rate_limited', { headers: { 'retry-after': '3' } })
    await expect(run(body(10), { charge: () => Promise.reject(limited) })).rejects.toBe(limited)
    let chunks = 0
    const broken = run(body(1_500), {
      work: async (values) => {
        if (++chunks === 2) throw new TypeError('a fault of ours')
        return values.map((said) => ({ said }))
      },
    })
    await expect(broken).rejects.toThrow('a fault of ours')
  })

  it('tells of lines that are refused in their places', async () => {
    const told = await run(body(6), {
      read: (bytes) => {
        if (bytes.toString() === '2') throw new HoldfastError('invalid_json')
        return bytes.toString()
      },
      work: async (values) =>
        values.map((said) => (said === '5' ? new HoldfastError('quota_exceeded', { detail: 'full' }) : { said })),
    })
    expect(told.map((line) => line.said ?? line.error?.code)).toEqual([
      '1',
      'invalid_json',
      '3',
      '4',
      'quota_exceeded',
      '6',
      undefined,
    ])
  })
})
