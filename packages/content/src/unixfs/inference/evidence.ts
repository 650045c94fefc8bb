import type { ChunkerProfile, HamtEstimation } from '../import-profile.ts'
import type { DirectoryShape } from './folder-shape.ts'
import type { FileShape } from './file-shape.ts'

/** A threshold that explains which directories are sharded is at least `atLeast` and less than `below`. */
export type Bounds = { atLeast: number; below: number }

/** What all nodes together tell; undefined or empty where nothing does. */
export type Evidence = {
  cidVersions: Set<0 | 1>
  rawLeaves: Set<boolean>
  chunker: ChunkerProfile | undefined
  /** No chunk is smaller, where the chunker is not known. */
  largestChunk: number
  widths: Set<number>
  mostLinks: number
  fanouts: Set<number>
  hasDirectories: boolean
  /** By way of reckoning, where one threshold explains all directories; `disabled` counts entries. */
  thresholds: Map<HamtEstimation, Bounds>
}

export const readEvidence = (
  files: readonly FileShape[],
  directories: readonly DirectoryShape[],
  chunker: ChunkerProfile | undefined,
): Evidence => ({
  cidVersions: new Set([
    ...files.flatMap(({ cidVersion }) => (cidVersion === undefined ? [] : [cidVersion])),
    ...directories.map(({ cidVersion }) => cidVersion),
  ]),
  // A file without bytes is a leaf too.
  rawLeaves: new Set(files.map(({ rawLeaves }) => rawLeaves)),
  chunker,
  largestChunk: files.reduce((most, { leaves }) => leaves.reduce((larger, leaf) => Math.max(larger, leaf), most), 0),
  widths: new Set(files.flatMap(({ width }) => (width === undefined ? [] : [width]))),
  mostLinks: files.reduce((most, { mostLinks }) => Math.max(most, mostLinks), 0),
  fanouts: new Set(directories.flatMap(({ fanout }) => (fanout === undefined ? [] : [fanout]))),
  hasDirectories: directories.length > 0,
  thresholds: readThresholds(directories),
})

const MEASURES: [HamtEstimation, (directory: DirectoryShape) => number][] = [
  ['block', ({ blockBytes }) => blockBytes],
  ['links', ({ linksBytes }) => linksBytes],
  ['disabled', ({ entries }) => entries],
]

const readThresholds = (directories: readonly DirectoryShape[]): Map<HamtEstimation, Bounds> => {
  const found = new Map<HamtEstimation, Bounds>()
  for (const [estimation, measure] of MEASURES) {
    const bounds: Bounds = { atLeast: 0, below: Number.POSITIVE_INFINITY }
    for (const directory of directories) {
      if (directory.fanout === undefined) bounds.atLeast = Math.max(bounds.atLeast, measure(directory))
      else bounds.below = Math.min(bounds.below, measure(directory))
    }
    if (bounds.atLeast < bounds.below && bounds.below > 1) found.set(estimation, bounds)
  }
  return found
}
