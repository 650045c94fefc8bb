import { CODEC_DAG_PB, CODEC_RAW } from '@packages/shared/cid'
import type { CID } from 'multiformats/cid'
import type { BlockLoader } from '../block-loader.ts'
import { checkShard } from '../check-shard.ts'
import { NotADirectoryError } from '../dag-errors.ts'
import { EMPTY_DIRECTORY_BYTES, linkBytes } from '../directory-node-encode.ts'
import { listNode, loadDirectory } from '../directory-reader.ts'
import { type FileShape, MAX_LEAVES, readFileShape } from './file-shape.ts'

/** What one directory tells of how it was imported. */
export type DirectoryShape = {
  cidVersion: 0 | 1
  entries: number
  /** As each way of reckoning has it; held against the threshold. */
  blockBytes: number
  linksBytes: number
  /** Of a sharded directory. */
  fanout: number | undefined
}

/** A file or something else in a folder, by its path. */
export type FolderLeaf = { path: string[]; cid: CID; dagBytes: number; shape: FileShape | undefined }

export type FolderShape = {
  directories: DirectoryShape[]
  leaves: FolderLeaf[]
  /** Directories without entries. */
  empty: string[][]
}

/** A folder of more entries is not looked at as a whole. */
const MAX_ENTRIES = 100_000
const MAX_DEPTH = 64

/**
 * Reads all directories below a root, and the nodes of all files. Undefined when that is too much.
 * @throws NotADirectoryError when the root is none; as `listDirectory` and `openFile`
 */
export const readFolderShape = async (loader: BlockLoader, root: CID): Promise<FolderShape | undefined> => {
  const shape: FolderShape = { directories: [], leaves: [], empty: [] }
  let leaves = 0
  const open: { cid: CID; path: string[] }[] = [{ cid: root, path: [] }]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { cid, path } = next
    const node = await loadDirectory(loader, cid)
    const directory: DirectoryShape = {
      cidVersion: cid.version,
      entries: 0,
      blockBytes: EMPTY_DIRECTORY_BYTES,
      linksBytes: 0,
      fanout: node.shard === undefined ? undefined : checkShard(node).fanout,
    }
    shape.directories.push(directory)
    for await (const entry of listNode(loader, node)) {
      const nameBytes = Buffer.byteLength(entry.name)
      const cidBytes = entry.cid.bytes.length
      directory.entries++
      directory.linksBytes += nameBytes + cidBytes
      directory.blockBytes += linkBytes(nameBytes, cidBytes, entry.size ?? 0)
      const place = { cid: entry.cid, path: [...path, entry.name] }
      const kind = await kindOf(loader, entry.cid)
      if (kind === 'directory') open.push(place)
      else {
        const file = kind === 'file' ? await readFileShape(loader, entry.cid, MAX_LEAVES - leaves) : undefined
        leaves += file?.leaves.length ?? 0
        if (kind === 'file' && file === undefined) return undefined
        shape.leaves.push({ ...place, dagBytes: entry.size ?? 0, shape: file })
      }
      if (shape.leaves.length + open.length + shape.directories.length > MAX_ENTRIES || path.length > MAX_DEPTH)
        return undefined
    }
    if (directory.entries === 0) shape.empty.push(path)
  }
  return shape
}

const kindOf = async (loader: BlockLoader, cid: CID): Promise<'file' | 'directory' | 'other'> => {
  if (cid.code === CODEC_RAW) return 'file'
  if (cid.code !== CODEC_DAG_PB) return 'other'
  try {
    await loadDirectory(loader, cid)
    return 'directory'
  } catch (error) {
    if (!(error instanceof NotADirectoryError)) throw error
    return error.kind === 'file' ? 'file' : 'other'
  }
}
