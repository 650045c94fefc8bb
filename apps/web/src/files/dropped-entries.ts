import { fileWork, type FolderFile, folderWork, type UploadWork } from './upload-work'

/** As many as the platform takes as one folder. */
const MAX_ENTRIES = 100_000

/**
 * What was dropped: files, and folders with all that is in them. To be called while the drop is handled: the browser
 * takes the transfer back afterwards.
 * @throws Error when a folder has too many entries, or the browser cannot read one
 */
export const droppedWork = (transfer: DataTransfer): Promise<UploadWork[]> => {
  const items = Array.from(transfer.items).filter(({ kind }) => kind === 'file')
  const dropped = items.map((item) => ({ entry: item.webkitGetAsEntry(), file: item.getAsFile() }))
  return Promise.all(
    dropped.map(async ({ entry, file }) => {
      if (entry !== null && isDirectory(entry)) return [await readFolder(entry)]
      return file === null ? [] : [fileWork(file)]
    }),
  ).then((works) => works.flat())
}

const isDirectory = (entry: FileSystemEntry): entry is FileSystemDirectoryEntry => entry.isDirectory
const isFile = (entry: FileSystemEntry): entry is FileSystemFileEntry => entry.isFile

const readFolder = async (top: FileSystemDirectoryEntry): Promise<UploadWork> => {
  const files: FolderFile[] = []
  const directories: string[] = [top.name]
  const waiting = [{ path: top.name, directory: top }]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop())
    for (const entry of await readEntries(next.directory)) {
      const path = `${next.path}/${entry.name}`
      if (files.length + directories.length >= MAX_ENTRIES)
        throw new Error(`“${top.name}” has more than ${MAX_ENTRIES} entries`)
      if (isDirectory(entry)) {
        directories.push(path)
        waiting.push({ path, directory: entry })
      } else if (isFile(entry)) files.push({ path, file: await readFile(entry) })
    }
  return folderWork(top.name, files, directories)
}

/** The browser gives them in portions, an empty one last. */
const readEntries = async (directory: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> => {
  const reader = directory.createReader()
  const all: FileSystemEntry[] = []
  for (;;) {
    const portion = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject))
    if (portion.length === 0) return all
    all.push(...portion)
  }
}

const readFile = (entry: FileSystemFileEntry): Promise<File> =>
  new Promise((resolve, reject) => entry.file(resolve, reject))
