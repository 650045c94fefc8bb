import { statfs } from 'node:fs/promises'

const FRESH_MS = 1_000

/** Bytes that are free for us on the disk of `directory`; asked at most once a second. */
export const freeSpaceOf = (directory: string, now: () => number = Date.now): (() => Promise<number>) => {
  let known: { at: number; bytes: Promise<number> } | undefined
  return () => {
    if (known === undefined || now() - known.at > FRESH_MS || now() < known.at)
      known = { at: now(), bytes: statfs(directory).then(({ bavail, bsize }) => bavail * bsize) }
    return known.bytes
  }
}
