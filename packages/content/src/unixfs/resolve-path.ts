import { CODEC_DAG_CBOR, CODEC_DAG_JSON, CODEC_DAG_PB } from '@packages/shared/cid'
import { HoldfastError } from '@packages/shared/holdfast-error'
import type { CID } from 'multiformats/cid'
import type { BlockSource } from '../block-source.ts'
import { BlockLoader } from './block-loader.ts'
import { NotADirectoryError } from './dag-errors.ts'
import { loadDirectory, lookUpIn, type ReadDirectoryOptions } from './directory-reader.ts'
import { resolveFields } from './resolve-fields.ts'

export type ResolvedPath = {
  cid: CID
  /**
   * The blocks that were read on the way, from the root on, shards of directories included; `cid` is the last of them only
   * when there is a remainder.
   */
  blocks: CID[]
  /** Where each link on the way led, the root first and `cid` last. */
  roots: CID[]
  /** Segments that lead into the block of `cid` (DAG-CBOR, DAG-JSON) to a value that is no link. */
  remainder: string[]
}

/**
 * Follows a path from a root: UnixFS directories, basic and sharded, by name; DAG-CBOR and DAG-JSON by field or index.
 * Symlinks are not followed.
 * @throws HoldfastError `not_found` when there is no such entry or field, below a file and below codecs without names;
 *   NotADirectoryError (`not_supported`) below what is no file either, with `kind: 'symlink'` below a symlink;
 *   MissingBlockError (`not_found`), InvalidDagError, DagLimitError; the signal's reason
 */
export const resolvePath = async (
  source: BlockSource,
  root: CID,
  segments: readonly string[],
  options: ReadDirectoryOptions = {},
): Promise<ResolvedPath> => {
  const loader = new BlockLoader(source, options)
  const blocks: CID[] = []
  const roots = [root]
  let cid = root
  let at = 0
  while (at < segments.length) {
    if (cid.code === CODEC_DAG_CBOR || cid.code === CODEC_DAG_JSON) {
      blocks.push(cid)
      const fields = resolveFields(cid, await loader.block(cid), segments.slice(at))
      if (fields === undefined) throw nothingAt(segments)
      if (fields.link === undefined) return { cid, blocks, roots, remainder: segments.slice(at) }
      at += fields.taken
      cid = fields.link
      roots.push(cid)
      continue
    }
    const name = segments[at] as string
    const entry = cid.code === CODEC_DAG_PB ? await enter(loader, cid, name, blocks, segments) : undefined
    if (entry === undefined) throw nothingAt(segments)
    cid = entry
    roots.push(cid)
    at++
  }
  return { cid, blocks, roots, remainder: [] }
}

const enter = async (
  loader: BlockLoader,
  cid: CID,
  name: string,
  blocks: CID[],
  segments: readonly string[],
): Promise<CID | undefined> => {
  blocks.push(cid)
  try {
    const entry = await lookUpIn(loader, await loadDirectory(loader, cid), name, (shard) => blocks.push(shard))
    return entry?.cid
  } catch (error) {
    if (error instanceof NotADirectoryError && error.kind === 'file') throw nothingAt(segments)
    throw error
  }
}

const nothingAt = (segments: readonly string[]): HoldfastError =>
  new HoldfastError('not_found', { detail: `There is nothing at ${JSON.stringify(segments.join('/').slice(0, 200))}.` })
