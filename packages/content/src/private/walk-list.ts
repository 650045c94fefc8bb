import type { CID } from 'multiformats/cid'
import type { BlockSource } from '../block-source.ts'
import { decodeBlockList, LIST_CODEC } from '../block-store/block-list.ts'
import { MissingBlockError } from '../unixfs/dag-errors.ts'
import { PrivateContentDamaged } from './private-content-damaged.ts'

type Options = { signal?: AbortSignal }

/** Lists of lists: 8,192 to the power of three is more than any store has. */
const MAX_DEPTH = 4

/** `bytes`: of a list, which had to be read; who wants a ciphertext reads it. */
export type Listed = { cid: CID; bytes?: Uint8Array }

/**
 * All that a private content is stored as, in the order of its list: each list block before what it names. Ciphertexts may come more than once.
 * @throws MissingBlockError, PrivateContentDamaged for what is no list; the signal's reason
 */
export async function* listedBlocks(
  blocks: BlockSource,
  list: CID,
  options: Options = {},
  depth = 1,
): AsyncGenerator<Listed, void, undefined> {
  options.signal?.throwIfAborted()
  if (list.code !== LIST_CODEC || depth > MAX_DEPTH)
    throw new PrivateContentDamaged('a private content is no list of blocks')
  const bytes = await readBlock(blocks, list, options)
  yield { cid: list, bytes }
  for (const cid of namesIn(bytes))
    if (cid.code === LIST_CODEC) yield* listedBlocks(blocks, cid, options, depth + 1)
    else yield { cid }
}

/** The same, each with its bytes. */
export async function* walkList(
  blocks: BlockSource,
  list: CID,
  options: Options = {},
): AsyncGenerator<{ cid: CID; bytes: Uint8Array }, void, undefined> {
  for await (const { cid, bytes } of listedBlocks(blocks, list, options)) {
    options.signal?.throwIfAborted()
    yield { cid, bytes: bytes ?? (await readBlock(blocks, cid, options)) }
  }
}

const readBlock = async (blocks: BlockSource, cid: CID, options: Options): Promise<Uint8Array> => {
  const bytes = await blocks.get(cid, options)
  if (bytes === undefined) throw new MissingBlockError(cid)
  return bytes
}

const namesIn = (bytes: Uint8Array): CID[] => {
  try {
    return decodeBlockList(bytes)
  } catch (cause) {
    throw new PrivateContentDamaged('a list of a private content cannot be read', { cause })
  }
}
