import type { ImportParameters } from '../import-parameters.ts'
import { vectorBytes } from './vector-bytes.ts'

const KiB = 1024
const MiB = 1024 * KiB

export type ChunkerRecipe = { bytes: keyof typeof RECIPE_BYTES; size: number; parameters: ImportParameters }

async function* zeros(size: number): AsyncGenerator<Uint8Array> {
  for (let left = size; left > 0; left -= MiB) yield new Uint8Array(Math.min(left, MiB))
}

/** A text that says the same thing over and over, with a number. */
async function* repetitive(size: number): AsyncGenerator<Uint8Array> {
  let left = size
  for (let line = 0; left > 0; line++) {
    const text = Buffer.from(`line ${line % 1_000}: the quick brown fox jumps over the lazy dog\n`).subarray(0, left)
    yield text
    left -= text.length
  }
}

export const RECIPE_BYTES = { random: vectorBytes, zeros, repetitive }

const CHUNKERS: { chunker: string; sizes: number[] }[] = [
  { chunker: 'buzhash', sizes: [0, 1, 128 * KiB - 1, 128 * KiB, 128 * KiB + 1, 512 * KiB, 512 * KiB + 1, 5 * MiB + 7] },
  { chunker: 'rabin', sizes: [0, 1, 87_381, 87_382, 393_216, 393_217, 5 * MiB + 7] },
  { chunker: 'rabin-100000', sizes: [1 * MiB] },
  { chunker: 'rabin-48', sizes: [10_000] },
  { chunker: 'rabin-512-1024-2048', sizes: [1, 511, 512, 513, 2_047, 2_048, 2_049, 300_000] },
  { chunker: 'rabin-16-17-18', sizes: [15, 16, 17, 18, 19, 5_000] },
  { chunker: 'rabin-16-64-2096896', sizes: [1, 64 * KiB] },
  { chunker: 'rabin-262144-524288-1048576', sizes: [512 * KiB, 8 * MiB + 1] },
  { chunker: 'size-1', sizes: [0, 1, 2, 200] },
  { chunker: 'size-1000', sizes: [999, 1_000, 1_001, 300_000] },
  { chunker: 'size-2096896', sizes: [3 * MiB] },
]

/** Files for which Kubo is asked with explicit parameters. */
export const chunkerRecipes = (): ChunkerRecipe[] => [
  ...CHUNKERS.flatMap(({ chunker, sizes }) =>
    sizes.flatMap((size) =>
      (['random', 'zeros', 'repetitive'] as const).map((bytes) => ({ bytes, size, parameters: { chunker } })),
    ),
  ),
  ...([0, 1] as const).flatMap((cidVersion) =>
    [true, false].flatMap((rawLeaves) =>
      [2, 3, 174].map((maxLinks) => ({
        bytes: 'random' as const,
        size: 100_000,
        parameters: { chunker: 'size-1000', cidVersion, rawLeaves, maxLinks },
      })),
    ),
  ),
  { bytes: 'random', size: 100, parameters: { chunker: 'size-1000', cidVersion: 0, rawLeaves: true } },
]

/** The flags of `ipfs add` for a recipe, so that nothing hangs on the configuration. */
export const chunkerFlags = ({ parameters }: ChunkerRecipe): string[] => {
  const { chunker = 'size-1048576', cidVersion = 1, rawLeaves = true, maxLinks = 1024 } = parameters
  return [
    `--chunker=${chunker}`,
    `--cid-version=${cidVersion}`,
    `--raw-leaves=${rawLeaves}`,
    `--max-file-links=${maxLinks}`,
  ]
}
