import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, readdir, readFile, readlink, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { WINDOW_BYTES } from './read-around.ts'
import { SegmentPool } from './segment-pool.ts'
import { segmentPath } from './segment-path.ts'

const SEGMENT = 7
const SIZE = 10 * WINDOW_BYTES + 1_000

let directory: string
let bytes: Buffer
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'hf-pool-'))
  bytes = randomBytes(SIZE)
  const path = segmentPath(directory, SEGMENT)
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, bytes)
})
afterEach(() => rm(directory, { recursive: true }))

/** A pool on a disk on which each look at the clock is so many milliseconds after the one before. */
const poolOf = (stepMs: number) => {
  let now = 0
  return new SegmentPool(directory, () => (now += stepMs))
}
const blockAt = async (pool: SegmentPool, position: number, length = 5_000): Promise<Buffer> => {
  const target = Buffer.alloc(length)
  await pool.read(SEGMENT, target, 0, length, position)
  return target
}
/** What this process has read so far, from the page cache or the disk. */
const readSoFar = async (): Promise<number> =>
  Number(/rchar: (\d+)/.exec(await readFile('/proc/self/io', 'utf8'))?.[1] ?? 0)
const isOpen = async (): Promise<boolean> => {
  const files = await Promise.all(
    (await readdir('/proc/self/fd')).map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => '')),
  )
  return files.some((file) => file.startsWith(directory))
}

describe.runIf(process.platform === 'linux')('reads of a segment', () => {
  it.each([
    ['a slow disk', 1, WINDOW_BYTES],
    ['the page cache', 0.001, 0],
  ])('from %s', async (_what, stepMs, around) => {
    const pool = poolOf(stepMs)
    const before = await readSoFar()
    expect(await blockAt(pool, 3 * WINDOW_BYTES + 100)).toEqual(
      bytes.subarray(3 * WINDOW_BYTES + 100).subarray(0, 5_000),
    )
    await sleep(50)
    const read = (await readSoFar()) - before
    expect(read).toBeGreaterThanOrEqual(5_000 + around)
    expect(read).toBeLessThan(around + WINDOW_BYTES)
    pool.close()
  })

  it('at its end bring what there is, and a block across two windows is whole', async () => {
    const pool = poolOf(1)
    expect(await blockAt(pool, SIZE - 500, 500)).toEqual(bytes.subarray(-500))
    expect(await blockAt(pool, WINDOW_BYTES - 10, 20)).toEqual(bytes.subarray(WINDOW_BYTES - 10, WINDOW_BYTES + 10))
    await sleep(50)
    expect(await blockAt(pool, 0, 60_000)).toEqual(bytes.subarray(0, 60_000))
    pool.close()
  })

  it('are made in this turn where they are quick and short, and nowhere else', async () => {
    const pool = poolOf(0.001)
    const target = Buffer.alloc(5_000)
    expect(pool.readNow(SEGMENT, target, 700)).toBe(true)
    expect(target).toEqual(bytes.subarray(700, 5_700))
    expect(pool.readNow(SEGMENT, Buffer.alloc(100_000), 0)).toBe(false)
    expect(pool.readNow(SEGMENT, Buffer.alloc(1_000), SIZE - 999)).toBe(false)
    expect(() => pool.readNow(SEGMENT + 1, target, 0)).toThrow(`segment ${SEGMENT + 1}`)
    pool.close()
    await expect.poll(isOpen).toBe(false)
    const slow = poolOf(200)
    expect([slow.readNow(SEGMENT, target, 0), slow.readNow(SEGMENT, target, 0)]).toEqual([true, false])
    slow.close()
  })

  it.each(['forget', 'close'] as const)('leave no file open after %s, also while something is brought', async (how) => {
    const pool = poolOf(1)
    await blockAt(pool, 5 * WINDOW_BYTES)
    if (how === 'forget') pool.forget(SEGMENT)
    else pool.close()
    await expect.poll(isOpen).toBe(false)
  })
})
