import { BuzhashBoundary } from './buzhash.ts'
import { Chunker } from './chunker.ts'
import { ContentChunker } from './content-chunker.ts'
import type { ChunkerProfile } from './import-profile.ts'
import { RabinBoundary } from './rabin.ts'

/** A chunker for one stream. */
export const makeChunker = (profile: ChunkerProfile): Chunker | ContentChunker => {
  if (profile.kind === 'fixed') return new Chunker(profile.size)
  return new ContentChunker(profile.kind === 'rabin' ? new RabinBoundary(profile) : new BuzhashBoundary())
}
