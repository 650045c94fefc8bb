import { invalidPath, parseFolderPath } from '@packages/content/unixfs/folder-path'
import type { FolderEntry } from './folder-repository.ts'

/** What fits into a database index. */
const MAX_PATH_BYTES = 2_048

/**
 * Refuses entries that cannot be one folder: two of the same path, or a file where others need a directory. Pure.
 * @throws HoldfastError `invalid_path`, whose detail names the path
 */
export const checkFolderTree = (entries: readonly FolderEntry[]): void => {
  const named = new Set<string>()
  const files = new Set<string>()
  const directories = new Set<string>()
  for (const { path, kind } of entries) {
    const names = parseFolderPath(path)
    if (Buffer.byteLength(path) > MAX_PATH_BYTES) throw invalidPath(path, `it has more than ${MAX_PATH_BYTES} bytes`)
    if (named.has(path)) throw invalidPath(path, 'it comes twice')
    named.add(path)
    if (kind === 'file') files.add(path)
    else directories.add(path)
    for (let depth = names.length - 1; depth > 0; depth--) {
      const parent = names.slice(0, depth).join('/')
      if (directories.has(parent)) break
      directories.add(parent)
    }
  }
  for (const path of files) if (directories.has(path)) throw invalidPath(path, 'it is a file and a directory')
}
