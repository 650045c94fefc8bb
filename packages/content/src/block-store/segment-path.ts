import { open, readdir } from 'node:fs/promises'
import { join } from 'node:path'

export const segmentsFolder = (directory: string): string => join(directory, 'segments')

export const segmentPath = (directory: string, id: number): string =>
  join(segmentsFolder(directory), `${String(id).padStart(8, '0')}.car`)

/** Ids of the segment files that are there, rising. */
export const listSegmentFiles = async (directory: string): Promise<number[]> => {
  const names = await readdir(segmentsFolder(directory))
  return names
    .filter((name) => /^\d{8,}\.car$/.test(name))
    .map((name) => Number.parseInt(name, 10))
    .sort((a, b) => a - b)
}

/** Makes creations, renames and removals in a folder durable. */
export const syncFolder = async (folder: string): Promise<void> => {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
