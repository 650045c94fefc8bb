import type { CID } from 'multiformats/cid'
import type { BlockSource } from '../block-source.ts'
import { DagLimitError, InvalidDagError, MissingBlockError, NotAFileError } from '../unixfs/dag-errors.ts'
import { openFile, type UnixfsFile } from '../unixfs/file-reader.ts'
import { readSymlink } from '../unixfs/read-symlink.ts'
import { listTarEntries, type ListedTarEntry } from './list-tar-entries.ts'
import { TAR_END, tarHeader, tarPadding } from './tar-header.ts'

/** As deep as folders may be that are uploaded here. */
const MAX_DEPTH = 64
/** Entries of all directories that are open at the same time. */
const MAX_OPEN_ENTRIES = 65_536
const DIRECTORIES: ReadonlySet<string> = new Set(['directory', 'hamt-sharded-directory'])

type Walk = {
  source: BlockSource
  options: { signal?: AbortSignal }
  openEntries: number
  hasSymlinks: boolean
  hasRelativeNames: boolean
}

type Parts = AsyncGenerator<Uint8Array, void, undefined>

/**
 * A TAR of a UnixFS file or tree (IPIP-288) under a name, made as it is read: the same tree always gives the same bytes. A relative
 * name (`../x`) is taken for what it means, and refused where it leads out of the tree; beside symlinks it is refused, since together they
 * could write elsewhere.
 * @throws NotAFileError for what is not UnixFS, InvalidDagError, MissingBlockError, DagLimitError; the signal's reason
 */
export async function* exportTar(
  source: BlockSource,
  { root, name }: { root: CID; name: string },
  options: { signal?: AbortSignal } = {},
): Parts {
  const walk: Walk = { source, options, openEntries: 0, hasSymlinks: false, hasRelativeNames: false }
  yield* node(walk, root, [name])
  yield TAR_END
}

const openOrKind = async ({ source, options }: Walk, cid: CID): Promise<UnixfsFile | 'directory' | 'symlink'> => {
  try {
    return await openFile(source, cid, options)
  } catch (error) {
    if (!(error instanceof NotAFileError)) throw error
    if (error.kind === 'symlink') return 'symlink'
    if (DIRECTORIES.has(error.kind)) return 'directory'
    throw error
  }
}

const refuseBoth = ({ hasSymlinks, hasRelativeNames }: Walk, cid: CID): void => {
  if (hasSymlinks && hasRelativeNames) throw new InvalidDagError(cid, 'it has relative names and symlinks')
}

async function* node(walk: Walk, cid: CID, path: readonly string[]): Parts {
  walk.options.signal?.throwIfAborted()
  const found = await openOrKind(walk, cid)
  if (found === 'directory') yield* directory(walk, cid, path)
  else if (found === 'symlink') yield await symlink(walk, cid, path)
  else {
    yield tarHeader({ path: path.join('/'), type: 'file', size: found.size })
    if (found.size > 0) yield* found.read()
    yield tarPadding(found.size)
  }
}

const symlink = async (walk: Walk, cid: CID, path: readonly string[]): Promise<Buffer> => {
  walk.hasSymlinks = true
  refuseBoth(walk, cid)
  const block = await walk.source.get(cid, walk.options)
  if (block === undefined) throw new MissingBlockError(cid)
  const target = Buffer.from(readSymlink(cid, block)).toString()
  return tarHeader({ path: path.join('/'), type: 'symlink', size: 0, target })
}

async function* directory(walk: Walk, cid: CID, path: readonly string[]): Parts {
  // All of its names are read before anything of it is given: one that leads out of the tree is found first.
  const entries: ListedTarEntry[] = await listTarEntries(walk.source, cid, path, walk.options)
  walk.openEntries += entries.length
  if (path.length > MAX_DEPTH || walk.openEntries > MAX_OPEN_ENTRIES)
    throw new DagLimitError(cid, 'the tree is too deep or too wide for a TAR')
  walk.hasRelativeNames ||= entries.some(({ isRelative }) => isRelative)
  refuseBoth(walk, cid)
  yield tarHeader({ path: path.join('/'), type: 'directory', size: 0 })
  for (const entry of entries) yield* node(walk, entry.cid, entry.path)
  walk.openEntries -= entries.length
}
