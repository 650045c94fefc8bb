import { readdir, rename, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { segmentsFolder } from './segment-path.ts'
import type { StoreIndex } from './store-index.ts'

/** Segments that hold bytes which no readable marker speaks for, and those bytes. They are never removed by the store. */
export type SetAside = { count: number; bytes: number }

const SUFFIX = '.damaged'

/** Takes a file out of the segments, whole. Ids are never given out twice, so the name is free. */
export const setFileAside = (path: string): Promise<void> => rename(path, `${path}${SUFFIX}`)

/** What lies aside: files that were renamed, and stretches of segments that a rebuild could not ascribe. */
export const measureSetAside = async (directory: string, index: StoreIndex): Promise<SetAside> => {
  const sum: SetAside = { count: 0, bytes: 0 }
  const folder = segmentsFolder(directory)
  for (const name of await readdir(folder)) {
    if (!name.endsWith(SUFFIX)) continue
    sum.count++
    sum.bytes += (await stat(join(folder, name))).size
  }
  for (const { unclaimed = 0 } of index.segments().values()) {
    if (unclaimed === 0) continue
    sum.count++
    sum.bytes += unclaimed
  }
  return sum
}
