import type { BlockSource } from '@packages/content/block-source'
import { matchesHash } from '@packages/content/block-store/hash-block'
import { walkDag } from '@packages/content/dag/walk-dag'
import { MissingBlockError } from '@packages/content/unixfs/dag-errors'
import type { CID } from 'multiformats/cid'
import { BackendError } from './pin-backend.ts'

/**
 * Reads a root and all below it from a source, and hashes every block, whatever the source says of them. @returns what it has
 * @throws BackendError `incomplete_dag`, `corrupt_dag`; what the source throws; the signal's reason
 */
export const verifyDag = async (
  source: BlockSource,
  root: CID,
  signal: AbortSignal,
): Promise<{ dagSize: number; blocks: number }> => {
  const counted = { dagSize: 0, blocks: 0 }
  try {
    for await (const { cid, bytes } of walkDag(source, root, { signal })) {
      if (!matchesHash(cid.multihash, bytes)) throw new BackendError('corrupt_dag', 'A block is not what its CID says.')
      counted.dagSize += bytes.length
      counted.blocks++
    }
  } catch (error) {
    signal.throwIfAborted()
    if (error instanceof MissingBlockError)
      throw new BackendError('incomplete_dag', 'A block of it is not there.', { cause: error })
    throw error
  }
  return counted
}
