import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { segmentsFolder } from './segment-path.ts'
import { isMissingFile } from './store-error.ts'

const FILE = 'next-segment'
/** The mark is raised once for so many segments: a sync each is not worth an id. */
const STEP = 1_024

/** Above every id that was ever given out; 0 when none was noted. */
export const readIdMark = (directory: string): number => {
  try {
    const mark = Number(readFileSync(join(directory, FILE), 'utf8'))
    return Number.isSafeInteger(mark) && mark > 0 ? mark : 0
  } catch (error) {
    if (isMissingFile(error)) return 0
    throw error
  }
}

/** Notes that `id` is about to be given out, and those behind it; durable when this returns. Returns the new mark. */
export const raiseIdMark = (directory: string, id: number): number => {
  const path = join(directory, FILE)
  const file = openSync(`${path}.new`, 'w')
  try {
    writeSync(file, `${id + STEP}\n`)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
  renameSync(`${path}.new`, path)
  const folder = openSync(directory, 'r')
  try {
    fsyncSync(folder)
  } finally {
    closeSync(folder)
  }
  return id + STEP
}

/**
 * The first id that no segment ever had, those unlinked or put aside included. `known`: what the index says; without one the mark counts.
 */
export const nextFreeId = async (directory: string, known?: number): Promise<number> => {
  const names = await readdir(segmentsFolder(directory))
  const used = names.filter((name) => /^\d{8,}\.car/.test(name)).map((name) => Number.parseInt(name, 10))
  const mark = readIdMark(directory)
  // An index that was restored may be older than the mark, which is never more than one step ahead.
  return used.reduce((next, id) => Math.max(next, id + 1), Math.max(1, known ?? mark, mark - STEP))
}
