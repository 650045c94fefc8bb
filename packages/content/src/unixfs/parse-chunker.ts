import type { ChunkerProfile } from './import-profile.ts'

/** Kubo's average for plain `rabin`. */
const RABIN_AVERAGE = 262_144
const FIXED = /^size-([1-9]\d{0,8})$/
const RABIN = /^rabin(?:-(\d{1,9}))?$/
const RABIN_BOUNDS = /^rabin-(?:min:)?(\d{1,9})-(?:avg:)?(\d{1,9})-(?:max:)?(\d{1,9})$/

/**
 * Reads the chunker's text of `ipfs add --chunker` (boxo `chunker/parse.go`); undefined for anything else. Whether its
 * numbers are within the limits is for `checkImportProfile`.
 */
export const parseChunker = (text: string): ChunkerProfile | undefined => {
  if (text === 'buzhash') return { kind: 'buzhash' }
  const fixed = FIXED.exec(text)
  if (fixed !== null) return { kind: 'fixed', size: Number(fixed[1]) }
  const rabin = RABIN.exec(text)
  if (rabin !== null) {
    const average = rabin[1] === undefined ? RABIN_AVERAGE : Number(rabin[1])
    return { kind: 'rabin', min: Math.floor(average / 3), average, max: average + Math.floor(average / 2) }
  }
  const bounds = RABIN_BOUNDS.exec(text)
  if (bounds === null) return undefined
  return { kind: 'rabin', min: Number(bounds[1]), average: Number(bounds[2]), max: Number(bounds[3]) }
}

/** The text that `parseChunker` reads. */
export const chunkerText = (chunker: ChunkerProfile): string => {
  if (chunker.kind === 'fixed') return `size-${chunker.size}`
  if (chunker.kind === 'buzhash') return 'buzhash'
  return `rabin-${chunker.min}-${chunker.average}-${chunker.max}`
}
