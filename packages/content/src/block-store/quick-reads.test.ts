import { setImmediate as nextTurn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { QuickReads } from './quick-reads.ts'

/** A disk whose reads take as long as they are told to. */
const diskOf = () => {
  let now = 1_000
  const reads = new QuickReads(() => now)
  return {
    read: (ms: number, bytes = 4096) => reads.try(bytes, () => ((now += ms), 'read')),
    wait: (ms: number) => void (now += ms),
  }
}

/** One read in each turn. @returns how many of them were made at once */
const inTurns = async ({ read }: ReturnType<typeof diskOf>, times: number, ms: number): Promise<number> => {
  let made = 0
  for (let n = 0; n < times; n++) {
    if (read(ms) !== undefined) made++
    await nextTurn()
  }
  return made
}

describe('reads that are made at once', () => {
  it('are those of a quick disk', async () => {
    expect(await inTurns(diskOf(), 1_000, 0.2)).toBe(1_000)
  })

  it('are short', () => {
    const { read } = diskOf()
    expect(read(0.1, 64 * 1024)).toBe('read')
    expect(read(0.1, 64 * 1024 + 1)).toBeUndefined()
  })

  it('end soon where the disk is slow', async () => {
    expect(await inTurns(diskOf(), 500, 10)).toBeLessThanOrEqual(12)
  })

  it('take a tenth of the time where the disk stays slow', async () => {
    const disk = diskOf()
    await inTurns(disk, 20, 8)
    let lost = 0
    for (let at = 0; at < 60_000; at += 10) {
      if (disk.read(8) !== undefined) lost += 8
      disk.wait(10)
      await nextTurn()
    }
    expect(lost).toBeGreaterThan(3_000)
    expect(lost).toBeLessThan(7_000)
  })

  it('go on when the machine was busy for once', async () => {
    const disk = diskOf()
    await inTurns(disk, 50, 0.05)
    expect(await inTurns(disk, 1, 50)).toBe(1)
    expect(await inTurns(disk, 50, 0.05)).toBe(50)
  })

  it('pause for several times as long as one that held everybody up', async () => {
    const disk = diskOf()
    await inTurns(disk, 1, 2_000)
    disk.wait(16_900)
    expect(disk.read(0.1)).toBeUndefined()
    disk.wait(200)
    expect(disk.read(0.1)).toBe('read')
  })

  it('are few in one turn of the event loop, however quick they are', async () => {
    const disk = diskOf()
    const made = Array.from({ length: 100 }, () => disk.read(0.001)).filter((got) => got !== undefined)
    expect(made).toHaveLength(32)
    await nextTurn()
    expect(disk.read(0.001)).toBe('read')
  })

  it('take two milliseconds of one turn', async () => {
    const disk = diskOf()
    const made = Array.from({ length: 100 }, () => disk.read(0.2)).filter((got) => got !== undefined)
    expect(made).toHaveLength(10)
    await nextTurn()
    expect(disk.read(0.2)).toBe('read')
  })

  it('fail as they do, and their time counts', () => {
    let now = 0
    const reads = new QuickReads(() => now)
    const fail = () =>
      reads.try(1, () => {
        now += 500
        throw new Error('no such disk')
      })
    expect(fail).toThrow('no such disk')
    expect(fail()).toBeUndefined()
  })
})
