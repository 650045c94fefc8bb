import type { Bounds, Evidence } from './evidence.ts'

const REASONS = {
  block: 'bytes of the block',
  links: 'bytes of names and CIDs',
  disabled: 'entries',
}

/** What cannot be told, and what contradicts itself, for people. */
export const describeEvidence = (
  evidence: Evidence,
  { varying, tooLarge, maxBytes }: { varying: boolean; tooLarge: boolean; maxBytes: number },
): string[] => {
  const notes: string[] = []
  const { chunker, largestChunk, widths, mostLinks, rawLeaves, cidVersions, fanouts } = evidence
  if (varying && chunker === undefined)
    notes.push(
      tooLarge
        ? 'Chunks vary in size; the chunker would be found by reading the bytes.'
        : 'Chunks vary in size, but neither buzhash nor rabin cuts these bytes so.',
    )
  else if (chunker === undefined)
    notes.push(`No file has two chunks: any chunker that cuts no earlier than ${largestChunk} bytes fits.`)
  else if (chunker.kind === 'rabin') notes.push('Other numbers for rabin may cut these bytes alike.')
  if (widths.size > 1) notes.push('Nodes of different files have different widths: they were imported differently.')
  else if (widths.size === 0) notes.push(`No node must be full: any width of at least ${Math.max(mostLinks, 2)} fits.`)
  if (rawLeaves.size > 1) notes.push('Some files have raw leaves and some have not.')
  if (cidVersions.size > 1) notes.push('Nodes have CIDs of both versions.')
  if (cidVersions.size === 0) notes.push('A raw block alone says nothing of the version of the CIDs of nodes.')
  if (fanouts.size > 1) notes.push('Sharded directories have different fan-outs.')
  if (evidence.hasDirectories) notes.push(...describeThresholds(evidence))
  if (tooLarge) notes.push(`There are more than ${maxBytes} bytes: they were not imported again.`)
  return notes
}

const describeThresholds = ({ thresholds, fanouts }: Evidence): string[] => {
  if (thresholds.size === 0) return ['No threshold explains which directories are sharded and which are not.']
  if (fanouts.size === 0) {
    const sizes = [...thresholds].map(([estimation, { atLeast }]) => `${atLeast} ${REASONS[estimation]}`)
    return [`No directory is sharded: any fan-out fits, and any threshold of at least ${sizes.join(', or ')}.`]
  }
  return [...thresholds].map(
    ([estimation, bounds]) => `Sharded by ${REASONS[estimation]}, the threshold is ${rangeOf(bounds)}.`,
  )
}

const rangeOf = ({ atLeast, below }: Bounds): string => `from ${atLeast} to ${below - 1}`
