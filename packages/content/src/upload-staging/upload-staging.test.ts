import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { mkdtemp, readdir, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { StagingFaults } from './staging-faults.ts'
import { PowerCutDisk } from './test-power-cut-disk.ts'
import { UploadLocks } from './upload-locks.ts'
import { UploadStaging } from './upload-staging.ts'

const SIGNAL = new AbortController().signal
const KIBIBYTE = 1024

async function* pieces(bytes: Uint8Array, size = 64 * KIBIBYTE): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

async function* dropped(): AsyncGenerator<Uint8Array> {
  yield Buffer.from('abc')
  throw new Error('the connection was closed')
}

const readAll = async (staging: UploadStaging, id: string): Promise<Buffer> => {
  const parts: Uint8Array[] = []
  for await (const part of staging.read(id)) parts.push(part)
  return Buffer.concat(parts)
}

/** mulberry32: the seed that a failure prints makes the same run again. */
const randomOf = (seed: number) => (): number => {
  seed = (seed + 0x6d2b79f5) | 0
  let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed)
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
}

describe('in a folder', () => {
  let directory: string
  let staging: UploadStaging
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'hf-staging-'))
    staging = await UploadStaging.open({ directory })
  })
  afterEach(async () => {
    await staging.close()
    await rm(directory, { recursive: true, force: true })
  })
  const reopen = async (): Promise<void> => {
    await staging.close()
    staging = await UploadStaging.open({ directory })
  }

  it('adds piece by piece, tells what counts, and knows it after a restart', async () => {
    const id = randomUUID()
    const bytes = randomBytes(40 * KIBIBYTE * KIBIBYTE)
    expect(await staging.offsetOf(id)).toBe(0)
    const cuts = [0, 1, 700, 1024 * 1024 + 3, 20_000_000, bytes.length]
    for (const [index, to] of cuts.slice(1).entries()) {
      const from = cuts[index] as number
      const told = await staging.append(id, pieces(bytes.subarray(from, to)), { signal: SIGNAL, maxBytes: to - from })
      expect(told).toBe(to)
      if (index === 1) await reopen()
      expect(await staging.offsetOf(id)).toBe(to)
    }
    await reopen()
    expect((await readAll(staging, id)).equals(bytes)).toBe(true)
    expect((await Array.fromAsync(staging.list())).map((one) => one.id)).toEqual([id])
    await staging.remove(id)
    await staging.remove(id)
    expect(await readdir(directory)).toEqual([])
    expect(await staging.offsetOf(id)).toBe(0)
  })

  it('keeps what came before the connection dropped or another took over', async () => {
    const id = randomUUID()
    await expect(staging.append(id, dropped(), { signal: SIGNAL, maxBytes: 9 })).rejects.toThrow('closed')
    const takeOver = new AbortController()
    const endless = async function* (): AsyncGenerator<Uint8Array> {
      yield Buffer.from('def')
      await new Promise((resolve) => setImmediate(resolve))
      takeOver.abort(new Error('another goes on'))
      await new Promise(() => {})
    }
    await expect(staging.append(id, endless(), { signal: takeOver.signal, maxBytes: 6 })).rejects.toThrow('goes on')
    expect((await readAll(staging, id)).toString()).toBe('abcdef')
  })

  it('keeps nothing of a part whose checksum is wrong or that breaks off', async () => {
    const id = randomUUID()
    await staging.append(id, pieces(Buffer.from('kept')), { signal: SIGNAL, maxBytes: 100 })
    const bytes = randomBytes(3_000_000)
    for (const algorithm of ['sha1', 'sha256', 'md5'] as const) {
      const wrong = { algorithm, digest: createHash(algorithm).update('other').digest() }
      await expect(
        staging.append(id, pieces(bytes), { signal: SIGNAL, maxBytes: 4_000_000, checksum: wrong }),
      ).rejects.toMatchObject({ code: 'checksum_mismatch', status: 460 })
    }
    expect(await staging.offsetOf(id)).toBe(4)
    await reopen()
    expect((await readAll(staging, id)).toString()).toBe('kept')
    const right = { algorithm: 'sha1', digest: createHash('sha1').update(bytes).digest() } as const
    expect(await staging.append(id, pieces(bytes), { signal: SIGNAL, maxBytes: 4_000_000, checksum: right })).toBe(
      3_000_004,
    )
  })

  it('refuses more than is left, and does not keep what is too much', async () => {
    const id = randomUUID()
    await expect(
      staging.append(id, pieces(Buffer.from('aaabbbccc'), 3), { signal: SIGNAL, maxBytes: 7 }),
    ).rejects.toMatchObject({ code: 'payload_too_large' })
    expect((await readAll(staging, id)).toString()).toBe('aaabbb')
  })

  it('cuts what lies behind the bytes that count, and takes rubbish for nothing', async () => {
    const id = randomUUID()
    await staging.append(id, pieces(Buffer.from('counts')), { signal: SIGNAL, maxBytes: 100 })
    const path = join(directory, `${id}.upload`)
    await truncate(path, 100_000)
    await reopen()
    expect(await staging.offsetOf(id)).toBe(6)
    expect((await stat(path)).size).toBe(8192 + 6)
    const rubbish = randomUUID()
    await writeFile(join(directory, `${rubbish}.upload`), randomBytes(20_000))
    expect(await staging.offsetOf(rubbish)).toBe(0)
    // A file that lost its end counts as far as an older record speaks the truth: here not at all.
    await truncate(path, 8192 + 3)
    await reopen()
    expect(await staging.offsetOf(id)).toBe(0)
  })

  it('refuses names that are no ids', async () => {
    await expect(staging.offsetOf('../../etc/passwd')).rejects.toThrow(TypeError)
  })
})

describe('UploadLocks', () => {
  it('lets the newest in once those before have ended', async () => {
    const locks = new UploadLocks()
    const first = await locks.acquire('a', 1)
    const order: string[] = []
    const waiting = [1, 2, 3].map(async (number) => {
      const lock = await locks.acquire('a', 1)
      order.push(`${number} ${lock.signal.aborted}`)
      lock.release()
    })
    const other = await locks.acquire('b', 1)
    expect(other.signal.aborted).toBe(false)
    expect(first.signal.aborted).toBe(true)
    expect(order).toEqual([])
    first.release()
    await Promise.all(waiting)
    expect(order).toEqual(['1 true', '2 true', '3 false'])
    expect((await locks.acquire('a', 1)).signal.aborted).toBe(false)
  })

  it('refuses a request that a newer one has overtaken, also when that one has let go', async () => {
    const locks = new UploadLocks()
    const newer = await locks.acquire('a', 2)
    await expect(locks.acquire('a', 1)).rejects.toMatchObject({ code: 'conflict' })
    expect(newer.signal.aborted).toBe(false)
    newer.release()
    await expect(locks.acquire('a', 1)).rejects.toMatchObject({ code: 'conflict' })
    expect((await locks.acquire('a', 3)).signal.aborted).toBe(false)
  })
})

/** Uploads one file through kills and power cuts. @returns what was wrong, with its seed */
const run = async (seed: number, faults: StagingFaults): Promise<string | undefined> => {
  const random = randomOf(seed)
  const disk = new PowerCutDisk(random)
  // Small ones, so that both ways of making bytes count are met, and syncs while more comes in.
  const sizes = { write: 500, sync: 2_000, syncMs: random() < 0.3 ? 0 : Number.POSITIVE_INFINITY, oneSync: 1_000 }
  const id = '00000000-0000-4000-8000-000000000000'
  const bytes = Buffer.alloc(1 + Math.floor(random() * 60_000))
  for (let at = 0; at < bytes.length; at++) bytes[at] = Math.floor(random() * 256)
  let told = 0
  for (let life = 0; life < 200; life++) {
    const staging = await UploadStaging.open({ directory: '', disk, sizes, faults })
    disk.operationsLeft = random() < 0.2 ? Number.POSITIVE_INFINITY : Math.floor(random() * 25)
    try {
      const offset = await staging.offsetOf(id)
      if (offset < told) return `seed ${seed}: ${offset} bytes are left of ${told} that were told`
      told = offset
      if (!(await readAll(staging, id)).equals(bytes.subarray(0, offset)))
        return `seed ${seed}: other bytes below ${offset}`
      while (told < bytes.length) {
        const count = Math.min(bytes.length - told, 1 + Math.floor(random() * 9_000))
        const checksum = {
          algorithm: 'md5' as const,
          digest: createHash('md5')
            .update(bytes.subarray(told, told + count))
            .digest(),
        }
        const options = { signal: SIGNAL, maxBytes: count, ...(random() < 0.3 ? { checksum } : {}) }
        // What a client may be told while the request still runs.
        const watched = async function* (source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
          disk.onOperation = async () => {
            told = Math.max(told, await staging.offsetOf(id))
          }
          yield* source
        }
        await staging.append(id, watched(pieces(bytes.subarray(told, told + count), 700)), options)
        disk.onOperation = undefined
        told = await staging.offsetOf(id)
      }
      return undefined
    } catch (error) {
      if (!/killed/.test(String(error))) return `seed ${seed}: ${String(error)}`
      disk.onOperation = undefined
    }
    if (random() < 0.7) disk.cutPower()
    else disk.kill()
  }
  return undefined
}

describe('on a disk that loses its power', () => {
  const CYCLES = 1_500
  const firstSeed = Number(process.env.HOLDFAST_STAGING_SEED ?? 1)

  it(`tells no offset whose bytes are not there (${CYCLES} seeds from ${firstSeed}; HOLDFAST_STAGING_SEED)`, async () => {
    for (let seed = firstSeed; seed < firstSeed + CYCLES; seed++) expect(await run(seed, {})).toBeUndefined()
  })

  it.each([{ skipSync: true }, { tellEarly: true }, { skipCheck: true }])('would notice %o', async (faults) => {
    let seed = firstSeed
    while (seed < firstSeed + CYCLES && (await run(seed, faults)) === undefined) seed++
    expect(seed - firstSeed).toBeLessThan(CYCLES)
  })

  it('refuses when the disk is full, and goes on once there is space', async () => {
    const disk = new PowerCutDisk(randomOf(1))
    const staging = await UploadStaging.open({ directory: '', disk })
    const id = randomUUID()
    const bytes = randomBytes(5_000_000)
    disk.capacity = 3_500_000
    const append = async (): Promise<number> => {
      const offset = await staging.offsetOf(id)
      const options = { signal: SIGNAL, maxBytes: bytes.length - offset }
      return staging.append(id, pieces(bytes.subarray(offset)), options)
    }
    await expect(append()).rejects.toMatchObject({ code: 'insufficient_storage' })
    const kept = await staging.offsetOf(id)
    expect(kept).toBeGreaterThan(2_000_000)
    await expect(append()).rejects.toMatchObject({ code: 'insufficient_storage' })
    disk.capacity = Number.POSITIVE_INFINITY
    expect(await append()).toBe(bytes.length)
    expect((await readAll(staging, id)).equals(bytes)).toBe(true)
  })
})
