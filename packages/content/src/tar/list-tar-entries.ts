import type { CID } from 'multiformats/cid'
import type { BlockSource } from '../block-source.ts'
import { BlockLoader } from '../unixfs/block-loader.ts'
import { InvalidDagError } from '../unixfs/dag-errors.ts'
import { linkCid, linkName } from '../unixfs/directory-node-decode.ts'
import { loadDirectory } from '../unixfs/directory-reader.ts'
import { listShards } from '../unixfs/hamt-reader.ts'

/** `path`: where it belongs in the tree. `isRelative`: its name says so by way of other directories. */
export type ListedTarEntry = { path: readonly string[]; cid: CID; isRelative: boolean }

/**
 * The entries of a directory that stands at `parent`, in its order, each where its name leads.
 * @throws InvalidDagError for a name that is none or leads out of the tree, whose first segment is the tree's own name
 */
export const listTarEntries = async (
  source: BlockSource,
  cid: CID,
  parent: readonly string[],
  options: { signal?: AbortSignal },
): Promise<ListedTarEntry[]> => {
  const loader = new BlockLoader(source, options)
  const node = await loadDirectory(loader, cid)
  const entries: ListedTarEntry[] = []
  const add = (name: string, to: CID): void => {
    const path = placeOf(cid, parent, name)
    entries.push({ path, cid: to, isRelative: name.includes('/') })
  }
  if (node.shard === undefined) for (const link of node.links) add(linkName(node, link), linkCid(node, link))
  else for await (const entry of listShards(loader, node)) add(entry.name, entry.cid)
  if (new Set(entries.map(({ path }) => path.join('/'))).size < entries.length)
    throw new InvalidDagError(cid, 'it has a name twice')
  return entries
}

const placeOf = (cid: CID, parent: readonly string[], name: string): string[] => {
  const path = [...parent]
  for (const segment of name.split('/')) {
    if (segment === '' || segment === '.' || segment.includes('\0'))
      throw new InvalidDagError(cid, `${JSON.stringify(name)} is no name of an entry`)
    if (segment === '..') path.pop()
    else path.push(segment)
    if (path.length === 0) throw new InvalidDagError(cid, `${JSON.stringify(name)} leads out of the tree`)
  }
  // The tree's own name is nobody's entry.
  if (path.length < 2 || path[0] !== parent[0])
    throw new InvalidDagError(cid, `${JSON.stringify(name)} leads out of the tree`)
  return path
}
