import { readFile, rename, writeFile } from 'node:fs/promises'

/** How far the scrub of a store has come. Times are milliseconds since 1970. */
export type ScrubState = {
  /** Of the pass that runs, or was cut off. */
  cursor?: string
  completedAt?: number
}

const isState = (value: unknown): value is ScrubState =>
  typeof value === 'object' &&
  value !== null &&
  (!('cursor' in value) || typeof value.cursor === 'string') &&
  (!('completedAt' in value) || typeof value.completedAt === 'number')

/** Beside the store that it is about. What cannot be read counts as nothing: then a pass begins anew. */
export const readScrubState = async (path: string): Promise<ScrubState> => {
  try {
    const value: unknown = JSON.parse(await readFile(path, 'utf8'))
    return isState(value) ? value : {}
  } catch {
    return {}
  }
}

export const writeScrubState = async (path: string, state: ScrubState): Promise<void> => {
  await writeFile(`${path}.new`, JSON.stringify(state))
  await rename(`${path}.new`, path)
}
