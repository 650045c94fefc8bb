import { BuzhashBoundary } from '../buzhash.ts'
import type { ChunkBoundary } from '../content-chunker.ts'
import type { ChunkerProfile } from '../import-profile.ts'
import { parseChunker } from '../parse-chunker.ts'
import { RabinBoundary } from '../rabin.ts'
import type { FileShape } from './file-shape.ts'
import { RabinEvidence } from './rabin-evidence.ts'

const DEFAULT_RABIN = parseChunker('rabin')

/** What the sizes of leaves tell: the chunker, or only the size of the largest single chunk, or that they vary. */
export type SizeEvidence = { kind: 'fixed'; size: number } | { kind: 'single'; atLeast: number } | { kind: 'varying' }

/** Holds the leaves of all files against a chunker of a fixed size. */
export const readSizes = (shapes: readonly FileShape[]): SizeEvidence => {
  const cut = shapes.filter(({ leaves }) => leaves.length > 1)
  const single = shapes.reduce((most, { leaves }) => (leaves.length > 1 ? most : Math.max(most, leaves[0] ?? 0)), 0)
  const size = cut[0]?.leaves[0]
  if (size === undefined) return { kind: 'single', atLeast: single }
  const fits = ({ leaves }: FileShape) =>
    leaves.every((leaf, index) => (index < leaves.length - 1 ? leaf === size : leaf > 0 && leaf <= size))
  return single <= size && cut.every(fits) ? { kind: 'fixed', size } : { kind: 'varying' }
}

/** Compares where chunks of varying sizes end with where the content-defined chunkers would end them. */
export class ChunkEvidence {
  readonly #candidates: { profile: ChunkerProfile; boundary: () => ChunkBoundary; fits: boolean }[] = []
  readonly #rabin = new RabinEvidence()

  constructor() {
    this.#candidates.push({ profile: { kind: 'buzhash' }, boundary: () => new BuzhashBoundary(), fits: true })
    if (DEFAULT_RABIN?.kind === 'rabin') {
      const rabin = DEFAULT_RABIN
      this.#candidates.push({ profile: rabin, boundary: () => new RabinBoundary(rabin), fits: true })
    }
  }

  /** Takes a whole file; `leaves` are the sizes of its chunks. */
  async add(source: AsyncIterable<Uint8Array>, leaves: readonly number[]): Promise<void> {
    const checks = this.#candidates
      .filter(({ fits }) => fits)
      .map((candidate) => ({
        candidate,
        boundary: candidate.boundary(),
        chunk: 0,
        length: 0,
      }))
    this.#rabin.begin(leaves)
    for await (const bytes of source) {
      this.#rabin.push(bytes)
      for (const check of checks) {
        for (let at = 0; check.candidate.fits && at < bytes.length; ) {
          const end = check.boundary.next(bytes, at)
          check.length += (end === -1 ? bytes.length : end) - at
          at = end === -1 ? bytes.length : end
          if (end === -1) continue
          if (leaves[check.chunk++] !== check.length) check.candidate.fits = false
          check.length = 0
        }
      }
    }
    for (const { candidate, chunk, length } of checks) {
      const rest = leaves.slice(chunk)
      if (rest.length > 1 || (rest[0] ?? 0) !== length) candidate.fits = false
    }
  }

  /** The chunker that cuts all files as they are, if one does. */
  conclude(): ChunkerProfile | undefined {
    return this.#candidates.find(({ fits }) => fits)?.profile ?? this.#rabin.conclude()
  }
}
