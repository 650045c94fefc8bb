import { type FileHandle, open } from 'node:fs/promises'
import { join } from 'node:path'
import { isMissingFile } from './store-error.ts'

/** Of LMDB's meta pages (mdb.c, MDB_meta behind a page header of 24 bytes; little-endian machines). */
const META = { magic: 24, pageSize: 48, lastPage: 144, transaction: 152, length: 160 }
const MAGIC = 0xbeefc0de
const MIN_PAGE = 256
const MAX_PAGE = 65_536

/**
 * Looks at LMDB's file before LMDB maps it: reading behind the end of a map ends the process (SIGBUS).
 * An empty file counts as missing. `short`: pages were missing at its end. They are zeros now. The index may still be whole: a file is
 * rightly short when its last pages are free. See `canReadIndex`.
 * @throws Error for what is no LMDB file.
 */
export const checkIndexFile = async (path: string): Promise<'missing' | 'whole' | 'short'> => {
  let handle: FileHandle
  try {
    handle = await open(join(path, 'data.mdb'), 'r+')
  } catch (error) {
    if (isMissingFile(error)) return 'missing'
    throw error
  }
  try {
    const { size } = await handle.stat()
    if (size === 0) return 'missing'
    const needed = await neededSize(handle)
    if (size >= needed) return 'whole'
    await handle.truncate(needed)
    return 'short'
  } finally {
    await handle.close()
  }
}

const neededSize = async (handle: FileHandle): Promise<number> => {
  const first = await readMeta(handle, 0)
  const second = first === undefined ? undefined : await readMeta(handle, first.pageSize)
  if (first === undefined || second === undefined) throw new Error('the index is no LMDB file')
  const newest = second.transaction > first.transaction ? second : first
  return (Number(newest.lastPage) + 1) * first.pageSize
}

const readMeta = async (
  handle: FileHandle,
  position: number,
): Promise<{ pageSize: number; lastPage: bigint; transaction: bigint } | undefined> => {
  const page = Buffer.alloc(META.length)
  const { bytesRead } = await handle.read(page, 0, page.length, position)
  if (bytesRead < page.length || page.readUInt32LE(META.magic) !== MAGIC) return undefined
  const pageSize = page.readUInt32LE(META.pageSize)
  if (pageSize < MIN_PAGE || pageSize > MAX_PAGE) return undefined
  return {
    pageSize,
    lastPage: page.readBigUInt64LE(META.lastPage),
    transaction: page.readBigUInt64LE(META.transaction),
  }
}
