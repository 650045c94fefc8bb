import { open, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Random } from '../random.ts'

/** One bit of a file that is not what it was. */
export type Flip = { path: string; offset: number; flipped: number; was: number }

/** Where in a segment: anywhere (mostly blocks), its title, or its last records (markers and their lists). */
export type Place = 'anywhere' | 'title' | 'last records'

const TITLE_BYTES = 200
const LAST_BYTES = 400

const offsetIn = (random: Random, place: Place, length: number): number => {
  if (place === 'title') return random.between(0, Math.min(TITLE_BYTES, length) - 1)
  if (place === 'last records') return random.between(Math.max(0, length - LAST_BYTES), length - 1)
  return random.between(0, length - 1)
}

const flipAt = async (path: string, offset: number, bit: number): Promise<Flip> => {
  const handle = await open(path, 'r+')
  try {
    const byte = Buffer.alloc(1)
    await handle.read(byte, 0, 1, offset)
    const was = byte[0] ?? 0
    const flipped = was ^ (1 << bit)
    byte[0] = flipped
    await handle.write(byte, 0, 1, offset)
    return { path, offset, was, flipped }
  } finally {
    await handle.close()
  }
}

/** Lengths of all segments of a store now. */
const segmentLengths = async (store: string): Promise<Map<string, number>> => {
  const folder = join(store, 'segments')
  const lengths = new Map<string, number>()
  for (const name of (await readdir(folder)).toSorted())
    lengths.set(join(folder, name), (await stat(join(folder, name))).size)
  return lengths
}

/** Flips bits of segments. */
export const flipSegments = async (
  store: string,
  random: Random,
  options: { count: number; place: Place },
): Promise<Flip[]> => {
  const flips: Flip[] = []
  const segments = [...(await segmentLengths(store))].filter(([, length]) => length > 0)
  for (let made = 0; made < options.count; made++) {
    const segment = random.pick(segments)
    if (segment === undefined) break
    const [path, length] = segment
    flips.push(await flipAt(path, offsetIn(random, options.place, length), random.between(0, 7)))
  }
  return flips
}

/** Flips bits anywhere in the index's file. */
export const flipIndex = async (store: string, random: Random, count: number): Promise<Flip[]> => {
  const path = join(store, 'index', 'data.mdb')
  const { size } = await stat(path)
  const flips: Flip[] = []
  for (let made = 0; made < count; made++)
    flips.push(await flipAt(path, random.between(0, size - 1), random.between(0, 7)))
  return flips
}

/** Puts back what is still as it was made; a file that is gone, or that was written since, is left alone. */
export const undo = async (flips: readonly Flip[]): Promise<void> => {
  for (const { path, offset, was, flipped } of flips.toReversed()) {
    const handle = await open(path, 'r+').catch(() => undefined)
    if (handle === undefined) continue
    const byte = Buffer.alloc(1)
    await handle.read(byte, 0, 1, offset)
    byte[0] = byte[0] === flipped ? was : (byte[0] ?? 0)
    await handle.write(byte, 0, 1, offset)
    await handle.close()
  }
}
