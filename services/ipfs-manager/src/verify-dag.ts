import type { BlockSource } from '@packages/content/block-source'
import { LIST_CODEC } from '@packages/content/block-store/block-list'
import { matchesHash } from '@packages/content/block-store/hash-block'
import { walkDag } from '@packages/content/dag/walk-dag'
import { walkList } from '@packages/content/private/walk-list'
import { MissingBlockError } from '@packages/content/unixfs/dag-errors'
import type { CID } from 'multiformats/cid'
import { BackendError } from './pin-backend.ts'

/**
 * Reads a root and all below it from a source (of a private content all that its list names), and hashes every block, whatever the source says of them.
 * @returns what it has
 * @throws BackendError `incomplete_dag`, `corrupt_dag`; what the source throws; the signal's reason
 */
export const verifyDag = async (
  source: BlockSource,
  root: CID,
  signal: AbortSignal,
): Promise<{ dagSize: number; blocks: number }> => {
  const counted = { dagSize: 0, blocks: 0 }
  try {
    const blocks = root.code === LIST_CODEC ? walkList(source, root, { signal }) : walkDag(source, root, { signal })
    for await (const { cid, bytes } of blocks) {
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
