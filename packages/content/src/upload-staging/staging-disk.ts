import { constants } from 'node:fs'
import { mkdir, open, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { isMissingFile } from '../block-store/store-error.ts'
import { FolderSync } from './folder-sync.ts'

/** What a staging area asks of a file. Positions and lengths are in bytes. */
export type StagingFile = {
  /** Fills as much of `into` as there is. @returns the bytes read */
  read(into: Uint8Array, position: number): Promise<number>
  write(pieces: readonly Uint8Array[], position: number): Promise<void>
  truncate(length: number): Promise<void>
  /** Everything written so far is on the disk when it resolves. */
  sync(): Promise<void>
  size(): Promise<number>
  close(): Promise<void>
}

/** What a staging area asks of its folder. Tests put one in its place that loses what was not synced. */
export type StagingDisk = {
  /** Undefined when there is none and none is to be made. */
  open(name: string, make: boolean): Promise<StagingFile | undefined>
  remove(name: string): Promise<void>
  /** The names that were made are on the disk when it resolves. */
  syncFolder(): Promise<void>
  names(): Promise<string[]>
  /** Milliseconds since 1970 at which it was last written; undefined when it is gone. */
  modifiedAt(name: string): Promise<number | undefined>
  close(): Promise<void>
}

/** A folder of this machine, made when missing. */
export const openStagingFolder = async (directory: string): Promise<StagingDisk> => {
  await mkdir(directory, { recursive: true, mode: 0o700 })
  const folder = await open(directory, 'r')
  const folderSync = new FolderSync(() => folder.sync())
  return {
    open: (name, make) => openFile(join(directory, name), make),
    remove: (name) => rm(join(directory, name), { force: true }),
    syncFolder: () => folderSync.run(),
    names: () => readdir(directory),
    modifiedAt: (name) =>
      stat(join(directory, name)).then(
        ({ mtimeMs }) => mtimeMs,
        (error: unknown) => {
          if (isMissingFile(error)) return undefined
          throw error
        },
      ),
    close: () => folder.close(),
  }
}

const openFile = async (path: string, make: boolean): Promise<StagingFile | undefined> => {
  const flags = make ? constants.O_RDWR | constants.O_CREAT : constants.O_RDWR
  const handle = await open(path, flags, 0o600).catch((error: unknown) => {
    if (!make && isMissingFile(error)) return undefined
    throw error
  })
  if (handle === undefined) return undefined
  return {
    read: async (into, position) => {
      let done = 0
      while (done < into.length) {
        const { bytesRead } = await handle.read(into, done, into.length - done, position + done)
        if (bytesRead === 0) break
        done += bytesRead
      }
      return done
    },
    write: async (pieces, position) => {
      const wanted = pieces.reduce((sum, piece) => sum + piece.length, 0)
      const { bytesWritten } = await handle.writev([...pieces], position)
      // A disk that fills up takes a part; the next write then says why.
      if (bytesWritten < wanted) await writeRest(handle, Buffer.concat(pieces), bytesWritten, position)
    },
    truncate: (length) => handle.truncate(length),
    sync: () => handle.datasync(),
    size: async () => (await handle.stat()).size,
    close: () => handle.close(),
  }
}

const writeRest = async (
  handle: { write(bytes: Uint8Array, from: number, length: number, at: number): Promise<{ bytesWritten: number }> },
  bytes: Uint8Array,
  written: number,
  position: number,
): Promise<void> => {
  for (let done = written; done < bytes.length; ) {
    const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, position + done)
    done += bytesWritten
  }
}
