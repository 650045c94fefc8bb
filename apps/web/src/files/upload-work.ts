/** A file of a folder; `path` is relative and begins with the folder's own name. */
export type FolderFile = { path: string; file: File }

/** What one upload sends: a file, or a folder as one. */
export type UploadWork =
  | { kind: 'file'; name: string; size: number; file: File }
  | { kind: 'folder'; name: string; size: number; files: FolderFile[]; directories: string[] }

export const fileWork = (file: File): UploadWork => ({ kind: 'file', name: file.name, size: file.size, file })

export const folderWork = (name: string, files: FolderFile[], directories: string[] = []): UploadWork => ({
  kind: 'folder',
  name,
  size: files.reduce((sum, { file }) => sum + file.size, 0),
  files,
  directories,
})

/** The folders that an `<input webkitdirectory>` gave, by the first part of each file's path. */
export const foldersOf = (files: Iterable<File>): UploadWork[] => {
  const folders = new Map<string, FolderFile[]>()
  for (const file of files) {
    const path = file.webkitRelativePath || file.name
    const name = path.slice(0, Math.max(0, path.indexOf('/'))) || path
    const inside = folders.get(name)
    if (inside === undefined) folders.set(name, [{ path, file }])
    else inside.push({ path, file })
  }
  return [...folders].map(([name, inside]) => folderWork(name, inside))
}
