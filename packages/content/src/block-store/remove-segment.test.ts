import { mkdir, mkdtemp, open, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { unlinkSegment } from './remove-segment.ts'
import { SegmentPool } from './segment-pool.ts'
import { segmentPath } from './segment-path.ts'
import { BlockDamaged, SegmentGone } from './store-error.ts'

const MIB = 1024 * 1024
const SEGMENT = 7

let directory: string
let path: string
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'hf-remove-'))
  path = segmentPath(directory, SEGMENT)
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, Buffer.alloc(20 * MIB, 1))
})
afterEach(() => rm(directory, { recursive: true }))

it('gives the space of a large segment back in slices that end where no page does not', async () => {
  await truncate(path, 20 * MIB - 1_000)
  const held = await open(path, 'r')
  const sizes: number[] = []
  try {
    const { giveBack } = await unlinkSegment(path)
    const over = new AbortController()
    const giving = giveBack().finally(() => over.abort())
    while (!over.signal.aborted) {
      sizes.push((await held.stat()).size / MIB)
      await sleep(1)
    }
    await giving
  } finally {
    await held.close()
  }
  expect([...new Set(sizes)]).toEqual(expect.arrayContaining([16, 8]))
})

it('is no error for a segment that is gone already', async () => {
  await rm(path)
  const { giveBack } = await unlinkSegment(path)
  await giveBack()
})

it('tells readers that still have it open to look again, and damage from it', async () => {
  const pool = new SegmentPool(directory)
  const target = Buffer.alloc(MIB)
  const last = { segment: SEGMENT, offset: 19 * MIB, length: MIB }
  try {
    await pool.read(SEGMENT, target, 0, MIB, 19 * MIB)
    await truncate(path, 19.5 * MIB)
    await expect(pool.read(SEGMENT, target, 0, MIB, 19 * MIB)).rejects.toBeInstanceOf(BlockDamaged)
    expect(() => pool.readBlockSync(last)).toThrow(BlockDamaged)
    const { giveBack } = await unlinkSegment(path)
    await giveBack()
    await expect(pool.read(SEGMENT, target, 0, MIB, 19 * MIB)).rejects.toBeInstanceOf(SegmentGone)
    expect(() => pool.readBlockSync(last)).toThrow(SegmentGone)
  } finally {
    pool.close()
  }
})
