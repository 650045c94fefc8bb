import { setImmediate as nextTurn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { ReadAround, WINDOW_BYTES } from './read-around.ts'

const BLOCK = 10 * 1024
const WINDOWS = 4_000

/** A disk, and a page cache that has what was brought or read from it. */
const diskOf = () => {
  let now = 0
  const brought: string[] = []
  const cached = new Set<string>()
  const around = new ReadAround(
    async (segment, position) => {
      expect(position % WINDOW_BYTES).toBe(0)
      brought.push(`${segment}:${position / WINDOW_BYTES}`)
      for (let at = position; at < position + WINDOW_BYTES; at += BLOCK)
        cached.add(`${segment}:${Math.floor(at / BLOCK)}`)
    },
    () => now,
  )
  return {
    brought,
    around,
    wait: (ms: number) => void (now += ms),
    dropPageCache: () => cached.clear(),
    /** @returns whether the disk had to be asked */
    read: async (segment: number, block: number): Promise<boolean> => {
      const key = `${segment}:${block}`
      const isMiss = !cached.has(key)
      cached.add(key)
      around.took(segment, block * BLOCK, isMiss ? 0.1 : 0.008)
      await nextTurn()
      return isMiss
    },
  }
}

/** Each number below `count` once, in an order that has nothing to do with them. */
const mixed = (count: number): number[] =>
  Array.from({ length: count }, (_, n) => n).toSorted((a, b) => ((a * 7_919) % 104_729) - ((b * 7_919) % 104_729))

describe('what lies around a block that came from the disk', () => {
  it('is brought once, whatever of it is read, and spares the reads of all that lies together', async () => {
    const { read, brought } = diskOf()
    let misses = 0
    for (const block of mixed(2_000)) if (await read(1, block)) misses++
    const windows = Math.ceil((2_000 * BLOCK) / WINDOW_BYTES)
    expect(new Set(brought).size).toBe(brought.length)
    expect(brought.length).toBeLessThanOrEqual(windows)
    expect(misses).toBeLessThan(2 * windows)
  })

  it('is not brought for what was in memory', async () => {
    const { around, brought } = diskOf()
    for (let block = 0; block < 1_000; block++) around.took(1, block * BLOCK, 0.01)
    await nextTurn()
    expect(brought).toEqual([])
  })

  it('is hardly brought any more where nobody asks for it', async () => {
    const { read, brought, wait } = diskOf()
    for (const window of mixed(WINDOWS)) {
      await read(1, Math.floor((window * WINDOW_BYTES) / BLOCK) + 1)
      wait(10)
    }
    expect(brought.length).toBeGreaterThan(300)
    expect(brought.length).toBeLessThanOrEqual(256 + (WINDOWS * 10 * 4) / 1_000)
  })

  it('is brought again where it is asked for again', async () => {
    const { read, brought, wait } = diskOf()
    for (const window of mixed(WINDOWS)) await read(1, Math.floor((window * WINDOW_BYTES) / BLOCK) + 1)
    brought.length = 0
    let misses = 0
    for (const block of mixed(20_000)) {
      if (await read(2, block)) misses++
      wait(0.25)
    }
    expect(brought.length).toBeGreaterThan(700)
    expect(misses).toBeLessThan(13_000)
  })

  it.each([
    [1, 512],
    [2, 2_000],
    [100, 2_000],
  ])('that spares %i reads is brought %i times of 2,000', async (spared, times) => {
    const { around, brought } = diskOf()
    for (let window = 0; window < 2_000; window++) {
      around.took(3, window * WINDOW_BYTES, 0.2)
      await nextTurn()
      for (let n = 0; n < spared; n++) around.took(3, window * WINDOW_BYTES + n, 0.005)
    }
    expect(brought.length).toBeGreaterThan(times - 3)
    expect(brought.length).toBeLessThan(times + 3)
  })

  it('earns nothing beyond its first reads, nor more than there was at first', async () => {
    const { around, brought } = diskOf()
    around.took(1, 0, 1)
    await nextTurn()
    for (let n = 0; n < 100_000; n++) around.took(1, 0, 0.005)
    for (let window = 1; window < 1_000; window++) {
      around.took(1, window * WINDOW_BYTES, 1)
      await nextTurn()
    }
    expect(brought).toHaveLength(256 + 1)
  })

  it('is read two at a time', async () => {
    const [gate, asked] = [Promise.withResolvers<void>(), [] as number[]]
    const around = new ReadAround(async (_segment, position) => {
      asked.push(position / WINDOW_BYTES)
      await gate.promise
    })
    for (let window = 0; window < 10; window++) around.took(1, window * WINDOW_BYTES, 1)
    expect(asked).toEqual([0, 1])
    gate.resolve()
    await nextTurn()
    around.took(1, 20 * WINDOW_BYTES, 1)
    expect(asked).toEqual([0, 1, 20])
  })

  it('is brought again after a minute, when the page cache may have lost it, and not sooner', async () => {
    const { read, wait, dropPageCache, brought } = diskOf()
    await read(1, 0)
    dropPageCache()
    wait(59_000)
    await read(1, 3)
    expect(brought).toHaveLength(1)
    wait(2_000)
    await read(1, 5)
    expect(brought).toEqual(['1:0', '1:0'])
  })

  it('cannot be read: whoever reads a block there is told', async () => {
    const around = new ReadAround(() => Promise.reject(new Error('no such disk')))
    for (let window = 0; window < 5; window++) {
      around.took(1, window * WINDOW_BYTES, 1)
      await nextTurn()
    }
  })
})
